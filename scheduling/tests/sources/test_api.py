"""Sources by the API: who may see and set them, what is refused by field, and trials."""

import pytest

from predictions.tests.factories import make_person, token_of
from scheduling.models import DataSource, Run, SourceTrial
from scheduling.tasks.trials import try_source
from scheduling.tests.run_factory import EPOCH
from scheduling.tests.sources.shop import QUERY, make_retraining, make_source

PATH = "/api/models/shop/sources"
BODY = {"kind": "query", "database": "shop", "query": QUERY, "time_column": "at"}


def person(*codenames, name="ann"):
    return token_of(make_person(name, *codenames))


@pytest.fixture
def ann(db):
    return person("change_policy", "request_run", "view_prediction")


def put(client, headers, role="training", **body):
    return client.put(f"{PATH}/{role}", body, content_type="application/json", headers=headers)


def test_a_source_is_set_read_and_set_again_with_its_history(client, model, shop, ann):
    first = put(client, ann, **BODY)
    assert first.status_code == 200
    assert first.json() | BODY == first.json()
    assert (first.json()["role"], first.json()["hold_out"], first.json()["minimum_rows"]) == (
        "training",
        "time",
        100,
    )
    assert put(client, ann, **BODY, minimum_rows=7, window_days=30).json()["window_days"] == 30
    assert put(client, ann, **BODY).json()["window_days"] is None
    source = DataSource.objects.get()
    assert [record.history_by for record in source.history.all()] == ["ann"] * 3
    assert [record.history_type for record in source.history.all()] == ["~", "~", "+"]
    assert client.get(PATH, headers=ann).json() == [client.get(f"{PATH}/training", headers=ann).json()]


def test_who_may_not(client, model, shop, ann):
    make_source(model)
    assert client.get(PATH).status_code == 401
    stranger = person("view_registeredmodel", name="bob")
    assert client.get(PATH, headers=stranger).status_code == 403
    assert put(client, stranger, **BODY).status_code == 403
    assert client.post(f"{PATH}/training/try", headers=stranger).status_code == 403
    for path in ("/api/models/other/sources", f"{PATH}/evaluation", f"{PATH}/reference"):
        assert client.get(path, headers=ann).status_code == 404
    assert put(client, ann, role="reference", **BODY).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "telepathy"}, "kind"),
        ({"database": "other"}, "database"),
        ({"query": ""}, "query"),
        ({"query": "DROP TABLE customer"}, "query"),
        ({"time_column": ""}, "time_column"),
        ({"hold_out": "group"}, "group_column"),
        ({"hold_out_share": 0.9}, "hold_out_share"),
        ({"hold_out_share": "nan"}, "hold_out_share"),
        ({"window_days": 0}, "window_days"),
        ({"minimum_rows": 1}, "minimum_rows"),
        ({"minimum_rows": "7"}, "minimum_rows"),
        ({"label_delay_days": -1}, "label_delay_days"),
        ({"function": "rows"}, "function"),
        ({"colour": "red"}, "colour"),
        ({"seed": 2**40}, "seed"),
    ],
)
def test_what_is_wrong_is_named(client, model, shop, ann, changed, field):
    reply = put(client, ann, **BODY | changed)
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert not DataSource.objects.exists()


def test_other_kinds_say_what_they_need(client, model, ann):
    def fields(**body):
        return sorted(error["field"] for error in put(client, ann, **body).json()["errors"])

    assert fields(kind="query", hold_out="own") == ["database", "query"]
    assert fields(kind="callable", hold_out="own") == ["function"]
    assert fields(kind="files", hold_out="own", root="exports", pattern="../x") == ["pattern", "root"]
    assert fields(kind="files", hold_out="own", pattern="x", label_delay_days=3) == ["root", "time_column"]
    model.redacted_features = ["age"]
    model.save()
    assert fields(kind="log") == ["kind"]


def test_a_trial_shows_rows_and_stores_no_dataset(client, model, shop, ann):
    make_source(model)
    model.redacted_features = ["city"]
    model.save()
    reply = client.post(f"{PATH}/training/try", headers=ann)
    assert (reply.status_code, reply.json()["task"]) == (202, "try_source")
    run = Run.objects.get()
    assert reply.headers["Location"] == f"/api/runs/{run.pk}"
    assert client.get(f"/api/runs/{run.pk}/rows", headers=ann).status_code == 404
    Run.objects.claim(run, epoch=EPOCH)
    run.refresh_from_db()
    try_source(run)
    found = client.get(f"/api/runs/{run.pk}/rows", headers=ann).json()
    assert (found["count"], found["more"], len(found["rows"])) == (399, False, 20)
    assert found["columns"][0] == {"name": "age", "kind": "int", "missing": 0}
    assert set(found["rows"][0]) == {"age", "at", "left_us"}
    assert found["problems"] == []
    run.refresh_from_db()
    assert run.status == Run.Status.FINISHED
    assert not model.datasets.exists()
    bob = person("view_registeredmodel", name="bob")
    assert client.get(f"/api/runs/{run.pk}/rows", headers=bob).status_code == 403
    assert client.get(f"/api/runs/{run.pk}/rows").status_code == 401


def test_a_trial_tells_what_the_model_lacks(model, shop):
    make_source(model, query="SELECT city, at FROM customer")
    run = make_retraining(model)
    run.parameters = {"role": "training"}
    try_source(run)
    assert len(SourceTrial.objects.get().result["problems"]) == 1


def test_a_trial_of_a_source_that_is_refused_says_why(model, shop):
    make_source(model, query="SELECT nothing FROM customer")
    run = make_retraining(model)
    run.parameters = {"role": "training"}
    try_source(run)
    run.refresh_from_db()
    assert run.status == Run.Status.FAILED
    assert "nothing" in run.reason
    assert not SourceTrial.objects.exists()
