"""`/api/runs`: the audit for programs, newest first, each run with its outcomes."""

import pytest

from predictions.tests.factories import make_person, token_of
from scheduling.checks.serving_cost import Latency
from scheduling.evidence.outcomes import Level
from scheduling.judging.judge import judge
from scheduling.models import Run
from scheduling.tests.run_factory import make_run, make_running


@pytest.fixture
def judged(iris, live, strong, api, rehearsed):
    """A run that promoted."""
    run = make_running(iris)
    judge(run, strong)
    return run


@pytest.fixture
def private(iris):
    """A run of a model that only callers with a role for it may see."""
    model = type(iris).objects.create(name="secret", title="Secret", public=False)
    return make_run(model)


@pytest.mark.parametrize("path", ["/api/runs", "/api/runs/"])
def test_the_list_is_newest_first(client, iris, path):
    runs = [make_run(iris) for _ in range(3)]
    reply = client.get(path)
    assert reply.status_code == 200
    assert [run["id"] for run in reply.json()["results"]] == [run.pk for run in reversed(runs)]


def test_each_says_what_was_compared_and_decided(client, judged):
    (run,) = client.get("/api/runs").json()["results"]
    judged.refresh_from_db()
    expected = {
        "id": judged.pk,
        "task": "validate",
        "model": "iris",
        "trigger": "manual",
        "status": "finished",
        "decision": "promoted",
        "reason": judged.reason,
        "candidate": "1.1",
        "champion": "1.0",
        "promotion": 2,
    }
    assert run.items() >= expected.items()
    assert run["seconds"] >= 0
    assert "results" not in run


def test_a_run_that_waits_has_not_compared_anything(client, iris):
    make_run(iris)
    (run,) = client.get("/api/runs").json()["results"]
    assert [run[name] for name in ("candidate", "champion", "promotion", "started_at", "seconds")] == [
        None
    ] * 5
    assert (run["status"], run["decision"]) == ("queued", "")


@pytest.mark.parametrize("end", ["", "/"])
def test_one_run_has_its_outcomes_with_measurement_and_limit(client, judged, end):
    run = client.get(f"/api/runs/{judged.pk}{end}").json()
    assert [result["check"] for result in run["results"]] == [r.check_id for r in judged.results.all()]
    latency = next(result for result in run["results"] if result["check"] == "latency")
    assert (latency["level"], latency["blocking"]) == ("pass", True)
    assert latency["limit"] == Latency().limits
    assert latency["measured"]["requests"] == 45
    assert {"message", "seconds"} <= latency.keys()
    assert run["evidence"]["seed"] == judged.pk


def test_details_are_for_those_who_may_read_the_prediction_log(client, judged):
    for permissions in ((), ("view_registeredmodel",), ("view_prediction",)):
        headers = token_of(make_person(f"with {permissions}", *permissions)) if permissions else {}
        results = client.get(f"/api/runs/{judged.pk}", headers=headers).json()["results"]
        told = {one["check"]: one["details"] for one in results}
        if "view_prediction" in permissions:
            assert told == {one.check_id: one.details for one in judged.results.all()}
        else:
            assert set(told.values()) == {None}


def test_so_are_conditions_of_slices(client, iris):
    run = make_running(iris, evidence={"slices": {"wide": "petalwidth > 2"}, "seed": 1})
    assert client.get(f"/api/runs/{run.pk}").json()["evidence"] == {"slices": {"wide": None}, "seed": 1}
    token = token_of(make_person("reader", "view_prediction"))
    assert client.get(f"/api/runs/{run.pk}", headers=token).json()["evidence"] == run.evidence


def test_a_traceback_is_never_shown(client, iris):
    columns = {"check_id": "parity", "level": Level.ERROR, "message": "KeyError: 1", "seconds": 0.1}
    run = make_running(iris, traceback="Traceback (most recent call last): secret")
    run.results.create(details={"traceback": "Traceback (most recent call last): secret"}, **columns)
    for path in ("/api/runs", f"/api/runs/{run.pk}"):
        text = client.get(path).content.decode()
        assert "Traceback" not in text
        assert "secret" not in text
    assert "KeyError: 1" in text


def test_a_page_holds_fifty_and_names_the_next(client, iris):
    Run.objects.bulk_create(Run(task="validate", registered_model=iris, trigger="manual") for _ in range(60))
    first = client.get("/api/runs").json()
    assert len(first["results"]) == 50
    second = client.get(first["next"]).json()
    assert len(second["results"]) == 10
    assert second["next"] is None
    assert len({run["id"] for page in (first, second) for run in page["results"]}) == 60


def test_a_list_takes_as_many_queries_however_long_it_is(client, judged, django_assert_max_num_queries):
    for _ in range(20):
        make_running(judged.registered_model, candidate=judged.candidate, champion=judged.champion)
    with django_assert_max_num_queries(3):
        client.get("/api/runs")


def test_runs_of_a_private_model_need_a_token(client, private):
    headers = token_of(make_person("ann", "view_registeredmodel"))
    for other in ({}, token_of(make_person("bob"))):
        assert client.get("/api/runs", headers=other).json()["results"] == []
        assert client.get(f"/api/runs/{private.pk}", headers=other).status_code == 404
    assert [run["id"] for run in client.get("/api/runs", headers=headers).json()["results"]] == [private.pk]
    assert client.get(f"/api/runs/{private.pk}", headers=headers).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "-1", "x", "1.5", "%00"])
def test_a_run_that_there_is_not_is_404_in_json(client, iris, number):
    reply = client.get(f"/api/runs/{number}")
    assert (reply.status_code, reply["Content-Type"]) == (404, "application/json")
    assert reply.json()["code"] == "not_found"


@pytest.mark.parametrize("cursor", ["x", "%ff", "cD05", "9" * 500])
def test_a_cursor_that_is_none_is_no_server_error(client, iris, cursor):
    make_run(iris)
    assert client.get(f"/api/runs?cursor={cursor}").status_code in (200, 404)


@pytest.mark.parametrize("path", ["/api/runs", "/api/runs/1"])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_run_is_changed_or_deleted(client, iris, path, method):
    make_run(iris, pk=1)
    headers = token_of(make_person(is_superuser=True))
    reply = getattr(client, method)(path, b"{}", content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
    assert Run.objects.get().status == "queued"


def test_the_statistics_of_an_outcome_are_a_field_beside_its_message(client, iris):
    run = make_running(iris)
    run.results.create(check_id="parity", level="pass", message="equal", statistics="p < 0.01", seconds=0.1)
    (result,) = client.get(f"/api/runs/{run.pk}").json()["results"]
    assert (result["message"], result["statistics"]) == ("equal", "p < 0.01")
