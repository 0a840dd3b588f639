"""An ONNX file by REST, `/update_model`, command and admin form: judged by what it answers."""

import base64
import json

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from predictions.models import ModelVersion, RegisteredModel
from scheduling.engine import one_run
from scheduling.models import CheckResult, Run
from scheduling.registering import waiting
from scheduling.tests.admin.bringing.clicks import BUTTON
from scheduling.tests.model_files.onnx_factory import RUBBISH, from_sklearn, network
from scheduling.tests.model_files.upload_factory import as_skops
from scheduling.tests.registering.sent import (
    as_csv,
    do_next,
    fields_of,
    make_form,
    make_model,
    make_person,
    make_rows,
    post,
)

VERSIONS = "/api/models/churn/versions"
GIVEN, SKOPS = {"model": "net.onnx", "file": "net.onnx"}, {"model": "net.skops", "file": "net.skops"}


@pytest.fixture
def ann(db):
    return make_person("ann", "register", "upload", "data")


@pytest.fixture
def scheduler(api, rehearsed, monkeypatch):
    monkeypatch.setattr(waiting, "pause", lambda seconds, event: Run.objects.queued().exists() and do_next())


def create(client, ann, content, filenames=GIVEN):
    form = make_form(model=content, trained_on="training")
    return post(client, "/api/models", form, headers=ann, wait=60, filenames=filenames)


@pytest.mark.parametrize("filenames", [GIVEN, SKOPS], ids=["honest name", "other name"])
def test_the_first_version_goes_live_and_parity_says_what_there_is_to_compare(
    client, ann, scheduler, filenames
):
    told = create(client, ann, network(), filenames).json()
    assert (told["version"], told["decision"]) == ("1.0", "promoted"), told
    version = ModelVersion.objects.get()
    assert (version.rung, version.parity["kind"], version.source) == ("onnx_given", "none", "uploaded")
    parity = CheckResult.objects.get(check_id="parity")
    assert (parity.level, parity.measured["compared_with"]) == ("pass", "onnx_file")
    levels = dict(CheckResult.objects.values_list("check_id", "level"))
    assert "error" not in levels.values(), levels


def test_it_is_compared_with_a_champion_of_skops_and_judged_again(client, ann, scheduler):
    assert create(client, ann, as_skops(make_model()), SKOPS).json()["decision"] == "promoted"
    form = {"file": from_sklearn(make_model()), "trained_on": "training"}
    told = post(client, VERSIONS, form, headers=ann, wait=60, filenames=GIVEN).json()
    assert (told["version"], told["model"]) == ("1.1", "churn"), told
    assert told["decision"] in {"kept", "cannot_tell", "promoted"}, told
    version = ModelVersion.objects.get(number=1)
    Run.objects.enqueue(
        task="validate", trigger="manual", registered_model=version.signature.registered_model,
        requested_by="ann", parameters={"version": "1.1"},
    )  # fmt: skip
    again = do_next()
    assert (again.status, again.candidate) == ("finished", version), again.reason


@pytest.mark.parametrize("what", ["a custom operator", "no probabilities", "three columns"])
def test_rubbish_is_a_refusal_that_names_the_field_and_leaves_nothing(client, ann, scheduler, what):
    reply = create(client, ann, RUBBISH[what][0]())
    assert (reply.status_code, fields_of(reply)) == (400, ["model"]), reply.json()
    assert not ModelVersion.objects.exists()


def test_update_model_takes_it(client, ann, scheduler):
    create(client, ann, None, SKOPS)
    RegisteredModel.objects.update(is_default=True)
    body = {"modelFilename": "net.onnx", "modelObject": base64.b64encode(network()).decode()}
    reply = client.post("/update_model", json.dumps(body), content_type="application/json", headers=ann)
    assert ModelVersion.objects.get().rung == "onnx_given", reply.json()


def test_the_form_of_the_admin_takes_it(client, ann, scheduler):
    create(client, ann, None, SKOPS)
    model = RegisteredModel.objects.get()
    client.force_login(User.objects.create_superuser("root"))
    form = {"file": network(), "trained_on": model.datasets.get(role="training").sha256}
    page = reverse("admin:model-version", args=[model.pk])
    reply = post(client, page, form | BUTTON, filenames=GIVEN)
    assert reply.status_code == 302
    run = do_next()
    assert (run.status, run.candidate.rung) == ("finished", "onnx_given"), run.reason


def test_the_command_takes_it(db, tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr(one_run, "do", lambda run, tell: do_next())
    files = {"net.onnx": network(), "training.csv": as_csv(make_rows())}
    files["evaluation.csv"] = as_csv(make_rows(80, seed=1))
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    call_command(
        "register_model", "churn", model=str(tmp_path / "net.onnx"), label="churned", trained_on="training",
        training=str(tmp_path / "training.csv"), evaluation=str(tmp_path / "evaluation.csv"),
    )  # fmt: skip
    assert ModelVersion.objects.get().rung == "onnx_given"
