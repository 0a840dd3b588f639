"""`POST /update_model`: the wire format, who may, and what an upload leaves behind."""

import base64
import io
import json

import joblib
import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from knox.models import get_token_model
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.preprocessing import StandardScaler

from predictions.models import ModelVersion, Promotion
from predictions.registry import datasets
from scheduling.checks import CHECKS
from scheduling.models import CheckResult, Run
from scheduling.registering import waiting
from scheduling.tests.evidence_factory import read_csv
from scheduling.tests.model_files.hostile_uploads import HOSTILE
from scheduling.tests.model_files.upload_factory import as_skops, make_forest, make_greedy
from scheduling.tests.run_factory import EPOCH, make_running
from scheduling.uploads import sandbox
from scheduling.uploads.refusals import Refused
from scheduling.views.update_model import as_header


@pytest.fixture
def token(db):
    """Of somebody who may upload."""
    user = User.objects.create_user("ann")
    user.user_permissions.add(Permission.objects.get(codename="upload_modelversion"))
    return get_token_model().objects.create(user)[1]


@pytest.fixture
def scheduler(api, rehearsed, monkeypatch):
    """Does what is queued while the web tier waits."""

    def do_next(seconds, event):
        run = Run.objects.queued().first()
        if run and Run.objects.claim(run, epoch=EPOCH):
            call_command("runjob", str(run.pk), epoch=EPOCH)

    monkeypatch.setattr(waiting, "pause", do_next)


def post(client, token, body, path="/update_model"):
    headers = {"Authorization": f"Token {token}"} if token else {}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content, content_type="application/json", headers=headers)


def upload(model, filename="ours.skops", content=None):
    content = as_skops(model) if content is None else content
    return {"modelFilename": filename, "modelObject": base64.b64encode(content).decode()}


def fitted(estimator):
    training = read_csv("training")
    return estimator.fit(training.drop(columns="species"), training["species"])


def nothing_happened(config):
    files = [path for path in (config.MEDIA_ROOT / "quarantine").rglob("*") if path.is_file()]
    return files == [] and not Run.objects.exists() and ModelVersion.objects.count() == 1


def test_a_good_forest_goes_live(client, token, live, scheduler, config):
    reply = post(client, token, upload(make_forest()))
    run = Run.objects.get()
    assert reply.status_code == 200, run.reason
    assert reply.json() == {
        "status": "success",
        "updatedModelName": "ours.skops",
        "updatedModelVersion": "1.1",
    }
    assert reply["X-Run-Id"] == str(run.pk)
    version = run.candidate
    assert (version.name, version.filename, version.source) == ("ours", "ours.skops", "uploaded")
    assert (version.created_by, version.parity["equal"]) == ("ann", True)
    promotion = Promotion.objects.latest()
    assert (run.decision, run.promotion, promotion.version) == ("promoted", promotion, version)
    assert run.results.count() == len(CHECKS)
    assert not (config.MEDIA_ROOT / run.parameters["quarantine"]).exists()


@pytest.mark.parametrize("path", ["/update_model", "/update_model/"])
def test_a_file_that_the_sandbox_refuses_is_a_failure_that_says_what_is_live(
    client, token, live, scheduler, config, path
):
    reply = post(client, token, upload({"a": 1}), path)
    assert reply.status_code == 200
    assert reply.json() == {
        "status": "failure",
        "updatedModelName": "rf-12-base.joblib",
        "updatedModelVersion": "1.0",
    }
    run = Run.objects.get(pk=reply["X-Run-Id"])
    assert (run.status, run.decision) == ("failed", "blocked")
    assert str(Refused("no_model", what="a dict")) in run.reason
    assert reply["X-Run-Reason"] == run.reason
    assert not (config.MEDIA_ROOT / run.parameters["quarantine"]).exists()
    assert (ModelVersion.objects.count(), Promotion.objects.count()) == (1, 1)


def test_at_the_limit_it_is_a_failure_that_says_what_is_live(client, token, live, config, monkeypatch):
    config.UPDATE_MODEL_WAIT_SECONDS = 0
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0)
    reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert reply.json() == {
        "status": "failure",
        "updatedModelName": "rf-12-base.joblib",
        "updatedModelVersion": "1.0",
    }
    run = Run.objects.get(pk=reply["X-Run-Id"])
    assert run.status == "queued"
    assert reply["X-Run-Reason"] == waiting.why_unfinished(run)


def test_with_nothing_live_a_failure_names_nothing(client, token, iris, config, monkeypatch):
    config.UPDATE_MODEL_WAIT_SECONDS = 0
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0)
    reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert reply.json() == {"status": "failure", "updatedModelName": None, "updatedModelVersion": None}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: as_skops(fitted(StandardScaler())), "StandardScaler"),
        (lambda: as_skops(RandomForestClassifier()), "RandomForestClassifier"),
        (lambda: as_skops(fitted(LinearRegression())), "LinearRegression"),
        (lambda: as_skops({"a": 1}), str(Refused("no_model", what="a dict"))),
        (lambda: as_skops(make_greedy()), str(Refused("memory", megabytes=768))),
        (HOSTILE["25 pipelines"][0], str(Refused("deep_estimators", most=10))),
        (HOSTILE["a billion laughs, by reference"][0], str(Refused("many_nodes", most=300_000))),
    ],
    ids=["transformer", "unfitted", "regressor", "dict", "memory", "pipelines", "laughs"],
)
def test_the_reason_is_one_true_sentence_and_what_to_do(client, token, live, scheduler, config, make, said):
    if said == str(Refused("memory", megabytes=768)):
        config.CHILD_MEMORY_MB = 768
    reply = post(client, token, upload(None, content=make()))
    run = Run.objects.get(pk=reply["X-Run-Id"])
    assert (reply.json()["status"], run.status, run.decision) == ("failure", "failed", "blocked")
    assert said in run.reason
    assert reply["X-Run-Reason"] == run.reason
    assert len(run.reason) < 400
    assert not any(noise in run.reason for noise in ("Error", "0x", "[]", "-9", "{", ".cc", "\n"))
    assert (ModelVersion.objects.count(), Promotion.objects.count()) == (1, 1)


def test_a_reason_in_any_script_fits_into_the_header():
    assert (
        as_header("Refused:\r\n\t“käse” \U0001f9c0 " + "x" * 5000)[:42]
        == r"Refused: \u201ck\xe4se\u201d \U0001f9c0 xx"
    )


def test_the_file_is_opened_once_for_its_judgement_and_once_for_each_later_one(
    client, token, live, scheduler, monkeypatch
):
    opened = []
    exchange = sandbox._exchange
    monkeypatch.setattr(sandbox, "_exchange", lambda *asked: opened.append(1) or exchange(*asked))
    reply = post(client, token, upload(make_forest()))
    version = Run.objects.get(pk=reply["X-Run-Id"]).candidate
    assert (version.source, len(opened)) == ("uploaded", 1)
    again = make_running(live.registered_model, parameters={"version": version.label})
    call_command("runjob", str(again.pk), epoch=EPOCH)
    again.refresh_from_db()
    assert (again.status, again.candidate, len(opened)) == ("finished", version, 2)
    parity = CheckResult.objects.filter(check_id="parity").values_list("measured", flat=True)
    first, later = (measured["probability_difference_in_process"] for measured in parity)
    assert first == later


def test_other_evaluation_rows_than_it_was_examined_on_are_asked_anew(
    client, token, live, scheduler, monkeypatch
):
    """Somebody registers a set between the two: the answers to the older one would be compared with it."""
    opened = []
    exchange, examine = sandbox._exchange, sandbox.examine

    def examine_and_register(*file, **asked):
        examined = examine(*file, **asked)
        rows = read_csv("evaluation").iloc[:-1]
        content = rows.to_csv(index=False).encode()
        datasets.register(registered_model=live.registered_model, role="evaluation", content=content)
        return examined

    monkeypatch.setattr(sandbox, "_exchange", lambda *asked: opened.append(1) or exchange(*asked))
    monkeypatch.setattr(sandbox, "examine", examine_and_register)
    reply = post(client, token, upload(make_forest()))
    run = Run.objects.get(pk=reply["X-Run-Id"])
    assert (run.evaluation_dataset.rows, len(opened)) == (44, 2)


def test_a_gap_in_an_evaluation_row_is_no_reason_to_refuse_a_model(client, token, live, scheduler):
    """It cannot answer rows with gaps, and need not: the signature lets none in."""
    rows = read_csv("evaluation").astype({"petalwidth": float})
    rows.loc[3, "petalwidth"] = float("nan")
    content = rows.to_csv(index=False).encode()
    datasets.register(registered_model=live.registered_model, role="evaluation", content=content)
    reply = post(client, token, upload(fitted(LogisticRegression(max_iter=1000))))
    run = Run.objects.get(pk=reply["X-Run-Id"])
    assert (run.status, run.candidate.parity["rows"]) == ("finished", 44), run.reason


def test_a_pickle_is_refused_with_the_way_to_convert(client, token, live, config):
    buffer = io.BytesIO()
    joblib.dump(make_forest(), buffer)
    reply = post(client, token, upload(None, content=buffer.getvalue()))
    assert reply.status_code == 400
    (error,) = reply.json()["errors"]
    assert error["field"] == "modelObject"
    assert "skops.io.dump(model, 'model.skops')" in error["message"]
    assert nothing_happened(config)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"modelObject": "not base64!"}, "modelObject"),
        ({"modelObject": ""}, "modelObject"),
        ({"modelObject": 5}, "modelObject"),
        ({"modelObject": None}, "modelObject"),
        ({"modelFilename": "../../etc/passwd"}, "modelFilename"),
        ({"modelFilename": "a/b.skops"}, "modelFilename"),
        ({"modelFilename": "a\\b.skops"}, "modelFilename"),
        ({"modelFilename": ".hidden"}, "modelFilename"),
        ({"modelFilename": "a\nb"}, "modelFilename"),
        ({"modelFilename": "a\u0000b"}, "modelFilename"),
        ({"modelFilename": "x" * 101}, "modelFilename"),
        ({"modelFilename": ""}, "modelFilename"),
        ({"modelFilename": 5}, "modelFilename"),
        ({"extra": 1}, "extra"),
    ],
)
def test_bad_input_is_refused_by_field(client, token, live, config, change, field):
    reply = post(client, token, upload(None, content=b"PK\x03\x04") | change)
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert reply.json()["code"] == "invalid_input"
    assert nothing_happened(config)


@pytest.mark.parametrize("body", [b"", b"rubbish", b"[]", b"null", b"[" * 100_000, {}])
def test_a_body_without_the_two_fields_is_refused(client, token, live, config, body):
    reply = post(client, token, body)
    assert reply.status_code == 400
    fields = [error["field"] for error in reply.json()["errors"]]
    assert fields == (["body"] if body else ["modelFilename", "modelObject"])
    assert nothing_happened(config)


def test_a_body_that_is_too_large_is_refused(client, token, live, config):
    config.MAX_UPLOAD_BYTES = 1000
    reply = post(client, token, upload(None, content=b"PK\x03\x04" + b"x" * 1000))
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    assert nothing_happened(config)


@pytest.mark.parametrize("header", [None, "Token", "Token wrong", "Token \u00e9", "Bearer x"])
def test_without_a_token_nobody_uploads(client, live, config, header):
    headers = {"Authorization": header} if header else {}
    body = json.dumps(upload(None, content=b"PK\x03\x04"))
    reply = client.post("/update_model", body, content_type="application/json", headers=headers)
    assert reply.status_code == 401
    assert reply.json()["code"] in ("not_authenticated", "authentication_failed")
    assert nothing_happened(config)


def test_without_the_permission_nobody_uploads(client, live, config):
    _, token = get_token_model().objects.create(User.objects.create_user("bob"))
    reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")
    assert nothing_happened(config)


def test_a_second_upload_has_to_wait_its_turn(client, token, live, config):
    with waiting.slot.occupied():
        reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert (reply.status_code, reply.json()["code"]) == (429, "throttled")
    assert waiting.WorkerBusy.default_detail in reply.json()["detail"]
    assert nothing_happened(config)


def test_without_a_default_model_there_is_nothing_to_update(client, token, live, config):
    type(live.registered_model).objects.update(is_default=False)
    reply = post(client, token, upload(None, content=b"PK\x03\x04"))
    assert reply.status_code == 404
    assert nothing_happened(config)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_another_method_is_refused(client, token, live, method):
    reply = getattr(client, method)("/update_model", headers={"Authorization": f"Token {token}"})
    assert (reply.status_code, reply.json()["code"]) == (405, "method_not_allowed")
