"""What cannot be registered: each a 4xx that names the field, quick, and nothing half registered or left."""

import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from scheduling.models import Run
from scheduling.registering import waiting
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import (
    as_csv,
    do_next,
    fields_of,
    files_under,
    kinds,
    make_form,
    make_model,
    make_person,
    make_rows,
    post,
    with_model,
)

pytestmark = pytest.mark.django_db
ROWS = make_rows()


@pytest.fixture
def ann(db, monkeypatch):
    monkeypatch.setattr(waiting, "pause", lambda seconds, event: Run.objects.queued().exists() and do_next())
    return make_person("ann", "register", "upload", "data")


def nothing_registered(config):
    tables = (Signature, Dataset, ModelVersion)
    return files_under(config.MEDIA_ROOT) == [] and not any(table.objects.exists() for table in tables)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Chürn"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": None}, "name"),
        ({"output": None}, "output"),
        ({"training": None}, "training"),
        ({"training": "a text"}, "training"),
        ({"title": "x" * 201}, "title"),
        ({"task": "clustering"}, "task"),
        ({"kinds": "zip=category"}, "kinds"),
        ({"kinds": "[]"}, "kinds"),
        ({"bounds": "age=0:"}, "bounds"),
        ({"bounds": '{"age": [0]}'}, "bounds"),
        ({"required": '{"age": "no"}'}, "required"),
        ({"required": "age"}, "required"),
        ({"examples": '{"age": null}'}, "examples"),
        ({"examples": '{"age": "\\u0000"}'}, "examples"),
        ({"kinds": '{"a\\u0000": "text"}'}, "kinds"),
        ({"kinds": '{"\\ud800": "text"}'}, "kinds"),
        ({"kinds": kinds(age="colour")}, "kinds"),
        ({"public": "maybe"}, "public"),
        ({"drop": ["age", "x" * 201]}, "drop"),
        ({"output": ["churned", "age"]}, "output"),
        ({"colour": "blue"}, "colour"),
        ({"colour": b"blue"}, "colour"),
        ({"trained_on": "yesterday"}, "trained_on"),
        ({"model": b"\x80\x04 a pickle"}, "model"),
        ({"model": b""}, "model"),
    ],
    ids=str,
)
def test_what_can_be_seen_at_once_is_refused_without_a_run(client, ann, config, changes, field):
    reply = post(client, "/api/models", make_form(**changes), headers=ann, wait=10)
    assert (reply.status_code, fields_of(reply)) == (400, [field])
    assert nothing_registered(config)
    assert not Run.objects.exists()
    assert not RegisteredModel.objects.exists()


def test_the_name_of_a_model_file_is_plain(client, ann, config):
    reply = post(client, "/api/models", with_model(), headers=ann, filenames={"model": "my model.skops"})
    assert (reply.status_code, fields_of(reply)) == (400, ["model"])
    assert nothing_registered(config)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"output": "left"}, "output"),
        ({"evaluation": as_csv(ROWS.drop(columns="churned"))}, "output"),
        ({"evaluation": as_csv(ROWS.drop(columns="age"))}, "evaluation"),
        ({"evaluation": as_csv(ROWS.assign(churned="perhaps"))}, "evaluation"),
        ({"training": as_csv(ROWS.head(3))}, "training"),
        ({"training": b"\x89PNG\r\n\x1a\n\0\0"}, "training"),
        ({"training": b""}, "training"),
        ({"training": as_csv(ROWS).replace(b"age,price", b"age,age")}, "training"),
        ({"training": as_csv(ROWS[["churned"]])}, "training"),
        ({"training": as_csv(ROWS.rename(columns={"age": "a" * 101}))}, "training"),
        ({"kinds": kinds(zip="category")}, "kinds"),
        ({"drop": "zip"}, "drop"),
        ({"bounds": '{"gone": [0, 1]}'}, "bounds"),
        ({"bounds": '{"age": [2, 1]}'}, "age"),
        ({"bounds": '{"age": [0, 1]}'}, "age"),
        ({"required": '{"gone": true}'}, "required"),
        ({"examples": '{"gone": 1}'}, "examples"),
        ({"examples": '{"age": "old"}'}, "age"),
        ({"examples": '{"age": 1e9}'}, "age"),
        ({"time": "zip"}, "time"),
        ({"group": "zip"}, "group"),
        ({"positive": "perhaps"}, "positive"),
        ({"training": as_csv(ROWS.assign(stars=[1, 2, 3] * 40))}, "stars"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_data_say_is_refused_by_the_run_by_field(client, ann, config, changes, field):
    reply = post(client, "/api/models", make_form(**changes), headers=ann, wait=10)
    assert (reply.status_code, fields_of(reply)) == (400, [field]), reply.json()
    run = Run.objects.get()
    assert (run.status, [one["field"] for one in run.errors]) == ("failed", [field])
    assert client.get(f"/api/runs/{run.pk}", headers=ann).json()["errors"] == run.errors
    assert nothing_registered(config)
    assert RegisteredModel.objects.get().name == "churn"


def test_one_class_only_is_refused(client, ann, config):
    reply = post(
        client, "/api/models", make_form(training=as_csv(ROWS.assign(churned="no"))), headers=ann, wait=9
    )
    assert reply.status_code == 400
    assert nothing_registered(config)


@pytest.mark.parametrize(
    "model",
    [
        lambda: as_skops(LogisticRegression()),
        lambda: as_skops(KMeans(2, n_init=1).fit(ROWS[["age", "price"]])),
        lambda: as_skops(LogisticRegression().fit(ROWS[["price"]], ROWS["churned"])),
        lambda: b"PK\x03\x04 rubbish",
    ],
    ids=["unfitted", "clusters", "other features", "no zip"],
)
def test_a_model_that_cannot_be_served_takes_the_data_with_it(client, ann, config, model):
    reply = post(client, "/api/models", make_form(model=model()), headers=ann, wait=30)
    assert (reply.status_code, fields_of(reply)) == (400, ["model"])
    assert nothing_registered(config)


def test_an_answer_makes_the_same_name_continue(client, ann):
    asking = as_csv(ROWS.assign(stars=[1, 2, 3] * 40))
    form = make_form(training=asking, evaluation=asking)
    assert post(client, "/api/models", form, headers=ann, wait=10).status_code == 400
    form |= {"kinds": kinds(stars="int"), "title": "Another", "public": "true"}
    reply = post(client, "/api/models", form, headers=ann, wait=10)
    assert (reply.status_code, RegisteredModel.objects.count()) == (201, 1)
    model = RegisteredModel.objects.get()
    assert (model.title, model.public, model.history.first().history_by) == ("Another", True, "ann")
    kind = {one["name"]: one["kind"] for one in reply.json()["signature"]["features"]}
    assert kind["stars"] == "int"


def test_a_name_in_use_is_refused_and_the_same_content_is_there_already(client, ann):
    assert post(client, "/api/models", make_form(), headers=ann, wait=10).status_code == 201
    again = post(client, "/api/models", make_form(), headers=ann, wait=10)
    assert (again.status_code, again.json()["run"], Run.objects.count()) == (200, None, 1)
    other = post(client, "/api/models", make_form(training=as_csv(make_rows(seed=5))), headers=ann, wait=10)
    assert (other.status_code, other.json()["code"], fields_of(other)) == (409, "name_taken", ["name"])
    assert Run.objects.count() == 1


def test_a_run_that_failed_for_another_reason_is_a_conflict(client, ann, monkeypatch):
    monkeypatch.setattr("scheduling.registering.registering.read", lambda *a, **k: 1 / 0)
    reply = post(client, "/api/models", make_form(), headers=ann, wait=10)
    assert (reply.status_code, reply.json()["code"]) == (409, "run_failed")


def test_an_upload_without_permissible_names_of_columns_is_no_traceback(client, ann, config):
    form = make_form(output="model", training=as_csv(ROWS.rename(columns={"churned": "model"})),
                     evaluation=as_csv(ROWS.rename(columns={"churned": "model"})))  # fmt: skip
    reply = post(client, "/api/models", form, headers=ann, wait=10)
    assert reply.status_code == 400
    assert nothing_registered(config)
    assert make_model() is not None
