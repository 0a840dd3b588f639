"""What prune removes, and what it never does."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from predictions.models import ModelVersion, Promotion
from predictions.registry import artefacts
from predictions.tests.factories import make_live, make_model, make_person, make_version
from scheduling.approvals.approvals import lapse_outdated, refuse
from scheduling.evidence_page import page
from scheduling.models import (
    ApprovalAnswer,
    ApprovalRequest,
    CheckResult,
    Run,
    Simulation,
    TrainingOutput,
    Watch,
)
from scheduling.operations import retention
from scheduling.operations.retention import prune
from scheduling.tests.run_factory import EPOCH, make_awaiting, make_run, make_running
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=365)


@pytest.fixture(autouse=True)
def _keep_few(monkeypatch):
    """The last two of each kind stay, and batches are small."""
    monkeypatch.setattr(retention, "KEEP_LAST", 2)
    monkeypatch.setattr(retention, "BATCH", 2)


@pytest.fixture
def wine():
    return make_model()


def ended(model, at=OLD, **columns):
    run = make_running(model, status="finished", finished_at=at, **columns)
    run.results.create(check_id="latency", level="pass", message="fine", seconds=0.1)
    return run


def old_version(model, name):
    version = make_version(model, name)
    ModelVersion.objects.filter(pk=version.pk).update(created_at=OLD)
    return version


def age(config):
    """All files were written long ago."""
    for path in config.MEDIA_ROOT.rglob("*"):
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))


def files_of(config):
    return {
        str(path.relative_to(config.MEDIA_ROOT)) for path in config.MEDIA_ROOT.rglob("*") if path.is_file()
    }


def remaining():
    return set(Run.objects.values_list("pk", flat=True))


def test_old_runs_go_with_their_results_and_the_last_stay(wine):
    runs = [ended(wine) for _ in range(7)]
    done = prune(wine, now=NOW)
    assert done.runs == 5
    assert remaining() == {run.pk for run in runs[-2:]}
    assert CheckResult.objects.count() == 2


def test_the_last_of_each_task_stay_however_many_another_has_made(wine):
    retrains = [ended(wine, task="retrain") for _ in range(3)]
    columns = {"registered_model": wine, "trigger": "watch", "status": "finished", "finished_at": OLD}
    Run.objects.bulk_create(Run(task="watch", **columns) for _ in range(1440))
    assert prune(wine, now=NOW).runs == 1439
    assert {run.pk for run in retrains[-2:]} <= remaining()
    assert Run.objects.filter(task="watch").count() == 2


def test_the_run_that_acted_on_a_watch_stays_for_ever(wine):
    make_live(make_version(wine, "a"))
    watched(wine)
    promotion = make_live(make_version(wine, "b"))
    acted = ended(wine, task="watch")
    Watch.objects.filter(promotion=promotion).update(run=acted)
    for _ in range(4):
        ended(wine, task="watch")
    prune(wine, now=NOW)
    assert acted.pk in remaining()


def test_young_and_unfinished_runs_stay(wine, config):
    config.RUN_RETENTION_DAYS = 30
    young = [ended(wine, at=NOW - timedelta(days=29)), make_run(wine), make_running(wine)]
    old = ended(wine, at=NOW - timedelta(days=31))
    for _ in range(2):
        ended(wine)
    prune(wine, now=NOW)
    assert {run.pk for run in young} <= remaining()
    assert old.pk not in remaining()


def test_the_run_of_a_promotion_stays_for_ever(wine):
    promotion = make_live(make_version(wine, "a"))
    promoted = ended(wine, decision="promoted", promotion=promotion, candidate=promotion.version)
    for _ in range(4):
        ended(wine)
    prune(wine, now=NOW)
    assert promoted.pk in remaining()
    assert promoted.results.count() == 1


def test_another_models_runs_are_not_touched(wine):
    other = [ended(make_model("beer")).pk for _ in range(1)]
    for _ in range(4):
        ended(wine)
    prune(wine, now=NOW)
    assert set(other) <= remaining()


def test_versions_that_were_never_live_are_retired_and_removed_but_the_last(wine):
    versions = [old_version(wine, f"v{i}") for i in range(5)]
    done = prune(wine, now=NOW)
    assert (done.retired, done.versions) == (3, 3)
    assert list(ModelVersion.objects.order_by("pk")) == versions[-2:]


def test_a_version_that_was_ever_live_stays_and_so_do_its_files(wine, config):
    was_live, is_live = old_version(wine, "first"), old_version(wine, "second")
    make_live(was_live)
    make_live(is_live)
    for i in range(4):
        old_version(wine, f"v{i}")
    age(config)
    prune(wine, now=NOW)
    assert {was_live, is_live} <= set(ModelVersion.objects.filter(retired_at=None))
    for version in (was_live, is_live):
        assert {version.artefact, version.served_form} <= files_of(config)
    assert Promotion.objects.count() == 2


def test_a_retired_version_that_a_run_speaks_of_keeps_its_row(wine):
    judged = old_version(wine, "judged")
    ended(wine, at=NOW, candidate=judged)
    for i in range(3):
        old_version(wine, f"v{i}")
    prune(wine, now=NOW)
    judged.refresh_from_db()
    assert judged.retired_at == NOW


def test_a_version_that_is_being_judged_is_not_retired(wine):
    judged = old_version(wine, "judged")
    make_running(wine, candidate=judged)
    for i in range(3):
        old_version(wine, f"v{i}")
    prune(wine, now=NOW)
    judged.refresh_from_db()
    assert judged.retired_at is None


def test_the_next_version_still_gets_a_new_number(wine, monkeypatch):
    monkeypatch.setattr(retention, "KEEP_LAST", 0)
    numbers = [old_version(wine, f"v{i}").number for i in range(3)]
    prune(wine, now=NOW)
    assert make_version(wine, "new").number == numbers[-1] + 1


def test_files_that_no_row_needs_go_unless_they_are_new(wine, config):
    folder = config.MEDIA_ROOT / "models" / "wine" / "abcd"
    folder.mkdir(parents=True)
    (folder / "orphan.joblib").write_bytes(b"x" * 100)
    young = prune(wine, now=datetime.now(UTC))
    assert young.files == 0
    done = prune(wine, now=datetime.now(UTC) + timedelta(hours=2))
    assert (done.files, done.bytes) == (1, 100)
    assert not folder.exists()


@pytest.fixture
def forgotten(wine, config):
    """A file that no row needs."""
    path = config.MEDIA_ROOT / artefacts.store(b"old", folder="models/wine", filename="old.onnx")
    age(config)
    return path


def test_a_file_that_vanishes_while_it_is_listed_is_gone(wine, forgotten, config, monkeypatch):
    other = artefacts.store(b"other", folder="models/wine", filename="other.onnx")
    age(config)
    lstat = Path.lstat

    def vanish(path):
        if path == forgotten:
            path.unlink(missing_ok=True)
        return lstat(path)

    monkeypatch.setattr(Path, "lstat", vanish)
    done = prune(wine, now=NOW)
    assert done.files == 1
    assert other not in files_of(config)


@pytest.mark.parametrize("whole", [False, True], ids=["the file", "its folder"])
def test_one_that_vanishes_before_it_is_removed_counts_as_gone(wine, forgotten, config, monkeypatch, whole):
    unneeded = retention._unneeded_files

    def and_vanish(*arguments):
        found = unneeded(*arguments)
        forgotten.unlink()
        if whole:
            forgotten.parent.rmdir()
        return found

    monkeypatch.setattr(retention, "_unneeded_files", and_vanish)
    done = prune(wine, now=NOW)
    assert (done.files, done.bytes) == (1, 3)
    assert not forgotten.parent.exists()


def test_a_folder_that_vanishes_while_it_is_listed_is_gone(wine, forgotten, monkeypatch):
    scandir = os.scandir

    def vanish(place):
        if Path(place) == forgotten.parent and forgotten.parent.exists():
            forgotten.unlink()
            forgotten.parent.rmdir()
        return scandir(place)

    monkeypatch.setattr(os, "scandir", vanish)
    assert prune(wine, now=NOW).files == 0


def test_a_file_that_nobody_needs_goes_though_a_wrong_clock_dated_it_ahead(wine, forgotten):
    ahead = (NOW + timedelta(days=3652)).timestamp()
    os.utime(forgotten, (ahead, ahead))
    assert prune(wine, now=NOW).files == 1


def test_uploads_are_left_to_the_sweep_of_the_quarantine(wine, config):
    path = config.MEDIA_ROOT / "quarantine" / "left"
    path.mkdir(parents=True)
    (path / "x.upload").write_bytes(b"PK")
    prune(wine, now=datetime.now(UTC) + timedelta(hours=2))
    assert files_of(config) == {"quarantine/left/x.upload"}


def test_the_task_says_what_went(wine, config):
    config.RUN_RETENTION_DAYS = 30
    for _ in range(4):
        ended(wine)
    run = make_running(wine, task="prune")
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert (run.status, run.decision) == ("finished", "")
    assert [int(n) for n in re.findall(r"\b\d+(?= [a-z])", run.reason)] == [0, 2, 0, 0, 0, 0]


def test_what_a_person_is_asked_or_has_refused_stays_and_what_lapsed_goes(wine, config):
    waits, refused, lapsed = (
        make_awaiting(wine, old_version(wine, name), started_at=OLD)
        for name in ("waits", "refused", "lapsed")
    )
    refuse(refused, user=make_person(), reason="No.")
    ApprovalRequest.objects.filter(run=lapsed).update(expires_at=NOW, asked_at=OLD)
    assert lapse_outdated(wine) == 1
    Run.objects.update(finished_at=OLD)
    for _ in range(3):
        ended(wine)
        old_version(wine, f"newer-{_}")
    prune(wine, now=NOW)
    assert {waits.pk, refused.pk} <= remaining()
    assert lapsed.pk not in remaining()
    assert set(ApprovalAnswer.objects.values_list("request__run", flat=True)) == {refused.pk}
    assert [ModelVersion.objects.get(name=name).retired_at for name in ("waits", "refused")] == [None, NOW]


def test_evidence_goes_with_its_run_and_that_of_a_promotion_stays(wine, config):
    promotion = make_live(make_version(wine, "a"))
    runs = [
        ended(wine, decision="promoted", promotion=promotion, candidate=promotion.version),
        *(ended(wine) for _ in range(4)),
    ]
    for run in runs:
        page.store(run, [{"of": run.pk}]).save()
    age(config)
    prune(wine, now=NOW)
    kept = [runs[0], *runs[-2:]]
    assert remaining() == {run.pk for run in kept}
    of_evidence = {path for path in files_of(config) if path.startswith("evidence/")}
    assert of_evidence == {run.evidence_file.file for run in kept}


def test_the_report_of_an_old_simulation_goes_with_its_run(wine):
    for _ in range(3):
        run = make_running(wine, task="simulate", status="finished", finished_at=OLD)
        Simulation.objects.create(run=run, report={})
        TrainingOutput.objects.create(run=run, text="1")
    prune(wine, now=NOW)
    assert Simulation.objects.count() == TrainingOutput.objects.count() == Run.objects.count() == 2
