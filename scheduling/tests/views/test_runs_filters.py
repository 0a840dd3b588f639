"""`/api/runs` and `/api/watches` by what people look for; what cannot be looked for is refused by name."""

import pytest

from predictions.tests.factories import make_live, make_model, make_person, make_version, token_of
from scheduling.models import Run, Watch
from scheduling.models.schedule import TaskName
from scheduling.tests.run_factory import make_awaiting, make_run, make_running
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def wine():
    return make_model()


def ids(client, query, **headers):
    reply = client.get(f"/api/runs?{query}", headers=headers)
    assert reply.status_code == 200, reply.json()
    return [row["id"] for row in reply.json()["results"]]


def test_runs_by_task_status_decision_model_and_trigger(client, wine):
    version = make_version(wine, "a")
    first = make_run(wine, task="retrain")
    second = make_running(make_model("beer"), task="prune", trigger="schedule")
    third = make_awaiting(wine, version)
    assert ids(client, "task=retrain") == [first.pk]
    assert ids(client, "status=running") == [second.pk]
    assert ids(client, "decision=awaiting_approval") == [third.pk]
    assert ids(client, "model=beer") == [second.pk]
    assert ids(client, "trigger=schedule") == [second.pk]
    assert ids(client, "model=wine&task=retrain&status=queued") == [first.pk]
    assert ids(client, "model=wine&task=prune") == []


def test_a_private_model_is_there_for_callers_with_a_role_only(client, wine):
    run = make_run(make_model("secret", public=False))
    reply = client.get("/api/runs?model=secret")
    (error,) = reply.json()["errors"]
    other = client.get("/api/runs?model=secret", headers=token_of(make_person("bob")))
    assert (other.status_code, other.json()) == (400, reply.json())
    assert (reply.status_code, error["field"], "secret" in error["message"]) == (400, "model", True)
    assert ids(client, "model=secret", **token_of(make_person("ann", "view_registeredmodel"))) == [run.pk]


@pytest.mark.parametrize("path", ["/api/runs", "/api/runs/", "/api/watches"])
@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("status=sleeping", ["status"]),
        ("status=", ["status"]),
        ("status=queued%00", ["status"]),
        ("model=none", ["model"]),
        ("sort=id&page=2", ["sort", "page"]),
        ("status=queued&status=open", ["status"]),
        ("Status=queued", ["Status"]),
        ("id__gt=1", ["id__gt"]),
        ("model=none&status=x&y=1", ["model", "status", "y"]),
    ],
)
def test_what_means_nothing_is_refused_by_name(client, wine, path, query, fields):
    reply = client.get(f"{path}?{query}")
    body = reply.json()
    assert (reply.status_code, body["code"]) == (400, "invalid_input")
    assert sorted({error["field"] for error in body["errors"]}) == sorted(fields)
    assert all(error["field"] in body["detail"] for error in body["errors"])


@pytest.mark.parametrize("task", ["dance", "", "watch%20"])
def test_a_task_that_there_is_not_says_which_there_are(client, task):
    (error,) = client.get(f"/api/runs?task={task}").json()["errors"]
    assert (error["field"], [name for name in TaskName.values if name in error["message"]]) == (
        "task",
        TaskName.values,
    )


def test_pages_stay_narrowed(client, wine):
    Run.objects.bulk_create(
        Run(task=task, registered_model=wine, trigger="manual") for task in ("prune", "retrain") * 60
    )
    page = client.get("/api/runs?task=prune").json()
    rest = client.get(page["next"]).json()
    assert {row["task"] for row in page["results"] + rest["results"]} == {"prune"}
    assert len(page["results"] + rest["results"]) == 60


def test_one_run_takes_no_filter_and_no_harm(client, wine):
    run = make_run(wine)
    assert client.get(f"/api/runs/{run.pk}").status_code == 200


def test_watches_by_model_and_status(client, wine):
    make_live(make_version(wine, "a"))
    watched(wine)
    make_live(make_version(wine, "b"))
    make_model("beer")

    def count(query):
        return len(client.get(f"/api/watches?{query}").json()["results"])

    assert [count(q) for q in ("model=wine", "model=beer", "status=open", "status=unseen")] == [1, 0, 1, 0]
    assert Watch.objects.count() == 1


def test_the_schema_says_which_there_are(client):
    parameters = client.get("/schema").json()["paths"]["/api/runs"]["get"]["parameters"]
    found = {each["name"]: each["schema"].get("enum") for each in parameters}
    assert found.keys() == {"cursor", "model", "task", "status", "decision", "trigger"}
    assert found["status"] == Run.Status.values
    post = client.get("/schema").json()["paths"]["/api/runs"]["post"]["parameters"]
    assert [each["name"] for each in post] == ["Idempotency-Key"]
