"""`POST /api/models`: from two files to a contract, and with a fitted model to a live version."""

import pytest
from sklearn.ensemble import IsolationForest

from predictions.models import Dataset, ModelVersion, Promotion, RegisteredModel, Signature
from scheduling.models import Run
from scheduling.registering import waiting
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import (
    as_csv,
    do_next,
    files_under,
    make_form,
    make_person,
    make_rows,
    post,
    with_model,
)
from scheduling.uploads import sandbox


@pytest.fixture
def ann(db):
    return make_person("ann", "register", "upload", "data")


@pytest.fixture
def scheduler(api, rehearsed, monkeypatch):
    """Does what is queued while the web tier waits."""
    monkeypatch.setattr(waiting, "pause", lambda seconds, event: Run.objects.queued().exists() and do_next())


def test_data_alone_make_a_private_model_with_a_signature(client, ann, scheduler, config):
    reply = post(client, "/api/models", make_form(title="Who leaves"), headers=ann, wait=30)
    told = reply.json()
    assert reply.status_code == 201, told
    assert (told["model"], told["version"], told["decision"]) == ("churn", None, "")
    assert [one["name"] for one in told["signature"]["features"]] == ["age", "price"]
    assert (told["signature"]["task"], told["signature"]["output"]) == ("classification", "churned")
    model = RegisteredModel.objects.get()
    assert (model.title, model.public, model.data_changes) == ("Who leaves", False, True)
    assert model.datasets.count() == 2
    assert files_under(config.MEDIA_ROOT / "quarantine") == []
    run = Run.objects.get()
    assert (run.task, run.trigger, run.requested_by, run.status) == ("register", "api", "ann", "finished")
    assert reply["Location"] == f"/api/runs/{run.pk}"
    assert client.get("/api/models/churn").status_code == 404
    assert client.get("/api/models/churn", headers=ann).status_code == 200


def test_with_a_model_its_first_version_goes_live_by_the_person(client, ann, scheduler, config):
    reply = post(client, "/api/models", with_model(), headers=ann, wait=60)
    told = reply.json()
    assert reply.status_code == 201, told
    assert (told["version"], told["decision"]) == ("1.0", "promoted"), told["reason"]
    promotion = Promotion.objects.get()
    assert promotion.user.username == "ann"
    assert promotion.by == f"ann (api, run {told['run']})"
    version = ModelVersion.objects.get()
    assert (version.name, version.filename, version.created_by) == ("churn", "churn.skops", "ann")
    assert version.training_dataset.role == "training"
    assert told["evidence"].endswith(f"/api/runs/{told['run']}/evidence")
    assert files_under(config.MEDIA_ROOT / "quarantine") == []


def test_the_sandbox_is_asked_once_and_the_judge_knows_its_answers(client, ann, scheduler, monkeypatch):
    monkeypatch.setattr(sandbox, "answers", lambda *_, **__: pytest.fail("asked again"))
    told = post(client, "/api/models", with_model(), headers=ann, wait=60).json()
    assert told["decision"] == "promoted", told["reason"]


def test_what_was_decided_in_reading_the_files_is_told(client, ann, scheduler):
    form = make_form(training=as_csv(make_rows()).replace(b",", b";"))
    notes = post(client, "/api/models", form, headers=ann, wait=30).json()["notes"]
    assert [note for note in notes if "semicolons" in note and note.startswith("Training")]


def test_without_waiting_it_is_queued(client, ann, config):
    reply = post(client, "/api/models", make_form(), headers=ann)
    run = Run.objects.get()
    assert (reply.status_code, reply.json()) == (202, {"run": run.pk, "url": f"/api/runs/{run.pk}"})
    assert run.status == "queued"
    assert len(files_under(config.MEDIA_ROOT / "quarantine")) == 2
    assert not Signature.objects.exists()
    assert not Dataset.objects.exists()


def test_an_outlier_detector_is_judged_by_rows_that_say_which_are_unusual(client, ann, scheduler):
    rows, others = (make_rows(count, seed=count) for count in (120, 80))
    detector = IsolationForest(n_estimators=10, random_state=0).fit(rows[["age", "price"]])
    files = {
        name: as_csv(one.assign(churned=detector.predict(one[["age", "price"]])))
        for name, one in (("training", rows), ("evaluation", others))
    }
    form = make_form(model=as_skops(detector), trained_on="training", **files)
    told = post(client, "/api/models", form, headers=ann, wait=60).json()
    assert (told["version"], told["signature"]["labels"]) == ("1.0", [-1, 1]), told
    assert ModelVersion.objects.get().rung == "onnx_64"
