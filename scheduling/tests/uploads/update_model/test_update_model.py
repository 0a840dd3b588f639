"""`POST /update_model`: the wire format, and what an upload leaves behind."""

import pytest
from django.core.management import call_command
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
from scheduling.tests.uploads.update_model.posting import fitted, post, upload
from scheduling.uploads import sandbox
from scheduling.uploads.refusals import Refused
from scheduling.views.update_model import as_header


@pytest.fixture
def scheduler(api, rehearsed, monkeypatch):
    """Does what is queued while the web tier waits."""

    def do_next(seconds, event):
        run = Run.objects.queued().first()
        if run and Run.objects.claim(run, epoch=EPOCH):
            call_command("runjob", str(run.pk), epoch=EPOCH)

    monkeypatch.setattr(waiting, "pause", do_next)


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
