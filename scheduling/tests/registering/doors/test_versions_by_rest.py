"""`POST …/versions` and `…/datasets`: what is added to a model, read back, and repeated."""

import pytest

from predictions.models import Dataset, ModelVersion, Promotion
from scheduling.models import Run
from scheduling.registering import waiting
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import (
    as_csv,
    as_parquet,
    do_next,
    fields_of,
    make_form,
    make_model,
    make_person,
    make_rows,
    post,
)

pytestmark = pytest.mark.django_db
VERSIONS, DATASETS = "/api/models/churn/versions", "/api/models/churn/datasets"


@pytest.fixture
def ann(db, monkeypatch):
    monkeypatch.setattr(waiting, "pause", lambda seconds, event: Run.objects.queued().exists() and do_next())
    return make_person("ann", "register", "upload", "data")


@pytest.fixture
def churn(client, ann):
    assert post(client, "/api/models", make_form(), headers=ann, wait=10).status_code == 201


def test_an_upload_says_what_it_was_trained_on_or_leakage_is_not_known(client, ann, churn, api, rehearsed):
    """Case 16: a model that was fitted on the evaluation rows too looked perfect, and went live."""
    rows = make_rows(200, seed=0)
    file = as_skops(make_model(rows))
    told = post(client, VERSIONS, {"file": file}, headers=ann, wait=60).json()
    assert (told["version"], told["decision"]) == ("1.0", "blocked")
    assert Run.objects.get(pk=told["run"]).results.get(check_id="leakage").level == "fail"
    assert post(client, VERSIONS, {"file": file}, headers=ann, wait=60).status_code == 200
    evaluation = Dataset.objects.get(role="evaluation").sha256
    reply = post(client, VERSIONS, {"file": file, "trained_on": evaluation}, headers=ann, wait=60)
    assert (reply.status_code, reply.json()["decision"]) == (201, "blocked")
    assert (
        Run.objects.get(pk=reply.json()["run"]).results.get(check_id="leakage").measured["rows_in_training"]
        == 80
    )
    assert ModelVersion.objects.get().training_dataset.role == "evaluation"
    other = post(client, VERSIONS, {"file": file, "trained_on": "training"}, headers=ann, wait=60)
    assert (other.status_code, fields_of(other)) == (400, ["trained_on"])
    assert not Promotion.objects.exists()


def test_a_good_version_goes_live_and_its_manifest_names_everything(client, ann, churn, api, rehearsed):
    form = {"file": as_skops(make_model()), "trained_on": "training", "name": "by-hand"}
    told = post(client, VERSIONS, form, headers=ann, wait=60).json()
    assert (told["version"], told["decision"]) == ("1.0", "promoted")
    manifest = client.get(f"{VERSIONS}/1.0/manifest", headers=ann).json()
    assert (manifest["name"], manifest["trained_on"]["role"]) == ("by-hand", "training")
    assert len(manifest["artefact_sha256"]) == len(manifest["served_form_sha256"]) == 64
    assert [one["name"] for one in manifest["signature"]["features"]] == ["age", "price"]
    assert client.get("/api/models/churn", headers=ann).json()["live_version"] == "1.0"
    again = post(client, VERSIONS, form, headers=ann, wait=60)
    assert (again.status_code, again.json()["run"], again.json()["version"]) == (200, told["run"], "1.0")


def test_datasets_are_added_listed_and_described(client, ann, churn):
    rows, bob = as_parquet(make_rows(60, seed=3)), make_person("bob", "read", "data")
    reply = post(client, DATASETS, {"role": "reference", "file": rows}, headers=bob, wait=10)
    told = reply.json()["dataset"]
    assert (reply.status_code, told["rows"], told["format"]) == (201, 60, "parquet")
    assert [one["name"] for one in told["columns"]] == ["age", "price", "churned"]
    assert "minimum" not in told["columns"][0]
    again = post(client, DATASETS, {"role": "reference", "file": rows}, headers=ann, wait=10)
    assert (again.status_code, again.json()["dataset"]["id"]) == (200, told["id"])
    listed = client.get(DATASETS, headers=ann).json()["results"]
    assert [one["role"] for one in listed] == ["reference", "evaluation", "training"]
    one = client.get(f"{DATASETS}/{told['id']}", headers=make_person("eve", "read", "values")).json()
    assert one["columns"][0]["minimum"] < one["columns"][0]["maximum"]
    assert client.get(f"{DATASETS}/999", headers=ann).status_code == 404


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "rubbish", "file": as_csv(make_rows())}, "role"),
        ({"role": "training"}, "file"),
        ({"role": "training", "file": as_csv(make_rows().drop(columns="age"))}, "file"),
        ({"role": "training", "file": as_csv(make_rows().drop(columns="churned"))}, "file"),
        ({"role": "training", "file": as_csv(make_rows(3))}, "file"),
        ({"role": "training", "file": b"\x1f\x8b compressed"}, "file"),
    ],
)
def test_a_bad_dataset_is_refused_by_field(client, ann, churn, form, field):
    reply = post(client, DATASETS, form, headers=ann, wait=10)
    assert (reply.status_code, fields_of(reply), Dataset.objects.count()) == (400, [field], 2)


def test_a_reference_needs_no_labels(client, ann, churn):
    form = {"role": "reference", "file": as_csv(make_rows().drop(columns="churned"))}
    assert post(client, DATASETS, form, headers=ann, wait=10).status_code == 201


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "file"),
        ({"file": b"PK\x03\x04", "name": "../x"}, "name"),
        ({"file": b"PK\x03\x04", "name": "x" * 101}, "name"),
        ({"file": b"PK\x03\x04", "trained_on": "0" * 64}, "trained_on"),
        ({"file": b"\x80\x04 pickle"}, "file"),
        ({"file": b"PK\x03\x04 rubbish"}, "file"),
    ],
)
def test_a_bad_version_is_refused_by_field(client, ann, churn, form, field):
    reply = post(client, VERSIONS, form, headers=ann, wait=20)
    assert (reply.status_code, fields_of(reply), ModelVersion.objects.count()) == (400, [field], 0)


def test_a_key_that_is_repeated_is_the_same_run(client, ann, config):
    first = post(client, "/api/models", make_form(), headers=ann, key="k1")
    again = post(client, "/api/models", make_form(), headers=ann, key="k1")
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert len(list((config.MEDIA_ROOT / "quarantine").iterdir())) == 1
    do_next()
    assert post(client, "/api/models", make_form(), headers=ann, key="k1").status_code == 201
    other = post(client, "/api/models", make_form(title="Other", output="age"), headers=ann, key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Run.objects.count() == 1


def test_the_same_sent_again_while_it_works_is_the_same_run(client, ann):
    first, again = (post(client, "/api/models", make_form(), headers=ann) for _ in range(2))
    assert first.json() == again.json()
    other = post(client, "/api/models", make_form(training=as_csv(make_rows(seed=7))), headers=ann)
    assert (other.status_code, other.json()["code"], Run.objects.count()) == (409, "name_taken", 1)
