"""An upload is quarantined, queued and waited for; at the limit it is called off."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from predictions.contract.fields import InvalidInput
from predictions.models import Worker
from predictions.registry import artefacts
from scheduling.models import Lease, Run
from scheduling.tests.run_factory import make_running
from scheduling.uploads import uploads
from scheduling.uploads.refusals import Refused
from scheduling.uploads.uploads import AlreadyWaiting, decode, judge_upload, wait_until_served


@pytest.fixture
def clock(monkeypatch):
    """Time passes only while somebody sleeps; `clock.happen` is done then."""
    clock = SimpleNamespace(now=0.0, happen=lambda: None)

    def sleep(seconds):
        clock.now += seconds
        clock.happen()

    monkeypatch.setattr(uploads, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: clock.now))
    return clock


def judged(model, content=b"PK\x03\x04 a file"):
    return judge_upload(model, filename="ours.skops", content=content, requested_by="ann")


def quarantined(settings):
    folder = settings.MEDIA_ROOT / "quarantine"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_decodes_base64():
    assert decode("UEsDBCBh") == b"PK\x03\x04 a"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not base64!", "Input should be base64"),
        ("UEsDB", "Input should be base64"),
        ("UEsDBCBh\u00e9", "Input should be base64"),
        ("", str(Refused("empty_file"))),
        ("gASVAAAA", str(Refused("pickle"))),
    ],
)
def test_it_refuses_what_is_no_skops_file_and_names_the_field(text, message):
    with pytest.raises(InvalidInput) as caught:
        decode(text)
    (error,) = caught.value.errors
    assert error.field == "modelObject"
    assert error.message == message


def test_the_run_says_who_sent_what(iris, clock, settings):
    clock.happen = lambda: Run.objects.cancel(Run.objects.get(), reason="enough")
    run = judged(iris)
    assert (run.task, run.trigger, run.requested_by, run.registered_model) == ("upload", "api", "ann", iris)
    assert run.parameters["filename"] == "ours.skops"
    content = artefacts.read(run.parameters["quarantine"], sha256=run.parameters["sha256"])
    assert content == b"PK\x03\x04 a file"
    assert run.parameters["quarantine"].startswith("quarantine/")
    assert "ours" not in run.parameters["quarantine"]


def test_it_returns_as_soon_as_the_run_has_ended(iris, clock):
    def end():
        if clock.now > 3:
            Run.objects.update(status="finished", decision="kept", finished_at=timezone.now())

    clock.happen = end
    run = judged(iris)
    assert (run.status, run.decision) == ("finished", "kept")
    assert 3 < clock.now < 4


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"status": "queued"}, ""),
        ({"status": "running"}, "starting"),
        ({"status": "running", "step": "asking the check latency"}, "asking the check latency"),
    ],
)
def test_at_the_limit_the_run_is_cancelled_for_a_true_reason_and_the_file_removed(
    iris, clock, settings, columns, named
):
    settings.UPDATE_MODEL_WAIT_SECONDS = 7
    clock.happen = lambda: Run.objects.update(**columns)
    run = judged(iris)
    assert (run.status, run.decision) == ("cancelled", "")
    assert " 7 s" in run.reason
    assert named in run.reason
    assert 7 < clock.now < 8
    assert quarantined(settings) == []


def test_a_scheduler_that_is_busy_is_not_said_to_be_away(iris, clock, settings):
    settings.UPDATE_MODEL_WAIT_SECONDS = 7
    Lease.objects.take("host:12:ab34cd56")
    idle = judged(iris).reason
    busy = make_running(iris, task="retrain")
    assert f"run {busy.pk} (retrain iris)" in judged(iris).reason
    Lease.objects.all().delete()
    assert judged(iris).reason != idle


def test_a_verdict_at_the_very_limit_is_the_answer(iris, clock, settings, monkeypatch):
    settings.UPDATE_MODEL_WAIT_SECONDS = 7
    cancel = type(Run.objects.all()).cancel

    def just_too_late(runs, run, *, reason):
        runs.update(status="finished", decision="kept", finished_at=timezone.now())
        return cancel(runs, run, reason=reason)

    monkeypatch.setattr(type(Run.objects), "cancel", just_too_late)
    assert judged(iris).status == "finished"


def test_a_worker_waits_for_one_upload_at_a_time(iris, clock, settings):
    with uploads._waiting, pytest.raises(AlreadyWaiting):
        judged(iris)
    assert not Run.objects.exists()
    assert quarantined(settings) == []


def test_a_fault_leaves_the_next_upload_free_to_wait(iris, clock):
    def fault():
        raise RuntimeError("the worker is stopped")

    clock.happen = fault
    for _ in range(2):
        with pytest.raises(RuntimeError):
            judged(iris)


def test_it_waits_until_every_worker_serves_what_is_live(live, clock):
    now = timezone.now()
    columns = {"host": "h", "since": now, "seen_at": now}
    Worker.objects.create(pid=1, serves={"iris": "1.0"}, **columns)
    behind = Worker.objects.create(pid=2, serves={"iris": "0.9"}, **columns)
    Worker.objects.create(pid=3, serves={}, **columns | {"seen_at": now - timedelta(minutes=5)})  # gone

    def catch_up():
        if clock.now > 0.5:
            Worker.objects.filter(pk=behind.pk).update(serves={"iris": "1.0"})

    clock.happen = catch_up
    wait_until_served(live)
    assert 0.5 < clock.now < 1
    Worker.objects.filter(pk=behind.pk).update(serves={"iris": "0.9"})
    clock.happen = lambda: None
    wait_until_served(live)
    assert 2 < clock.now < 4  # two seconds more, and no longer
