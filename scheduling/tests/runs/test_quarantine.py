"""An uploaded file is private, read once, and gone when its run has ended, however it ended."""

import os
import stat
import time
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from scheduling.engine.supervisor import Supervisor
from scheduling.models import Run
from scheduling.runs import quarantine
from scheduling.runs.transitions import RunEnded, cancel_run
from scheduling.tests.engine_factory import without_threads
from scheduling.tests.run_factory import EPOCH, make_parcel, make_run, make_running
from scheduling.uploads.refusals import Refused


def make_upload(model, *, make=make_run, content=b"PK\x03\x04", **columns):
    return make(model, task="upload", parameters=make_parcel(content).parameters, **columns)


def path_of(run):
    return f"{run.parameters['quarantine']}/file"


def files(config):
    folder = config.MEDIA_ROOT / "quarantine"
    return [str(path.relative_to(config.MEDIA_ROOT)) for path in folder.rglob("*") if path.is_file()]


def make_old(config, relative):
    hours_ago = time.time() - 2 * 3600
    os.utime(config.MEDIA_ROOT / relative, (hours_ago, hours_ago))


def test_nobody_else_may_look_into_the_folder(iris, config):
    folder = config.MEDIA_ROOT / "quarantine"
    folder.mkdir(parents=True, mode=0o755)
    run = make_upload(iris)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert files(config) == [path_of(run)]


def test_who_takes_the_bytes_leaves_none(iris, config):
    run = make_upload(iris, content=b"PK\x03\x04 a file")
    assert quarantine.take(run) == {"file": b"PK\x03\x04 a file"}
    assert files(config) == []
    with pytest.raises(ArtefactMissing):
        quarantine.take(run)


def test_bytes_that_were_changed_are_not_given_and_not_kept(iris, config):
    run = make_upload(iris)
    (config.MEDIA_ROOT / path_of(run)).write_bytes(b"other")
    with pytest.raises(ArtefactCorrupt):
        quarantine.take(run)
    assert files(config) == []


def test_whoever_cancels_a_run_that_waits_removes_its_file(iris, config):
    run = make_upload(iris)
    cancel_run(run, by="ann")
    run.refresh_from_db()
    assert (run.status, run.reason) == ("cancelled", "Cancelled by ann.")
    assert files(config) == []


def test_a_run_that_has_ended_is_not_cancelled(iris, config):
    run = make_upload(iris, status="cancelled", finished_at="2026-11-26T00:00:00Z")
    with pytest.raises(RunEnded):
        cancel_run(run, by="ann")


def test_a_run_without_a_file_has_none_to_remove(iris):
    quarantine.remove(make_run(iris))


def test_the_file_of_a_run_that_was_sent_twice_stays_for_the_other(iris, config):
    first, second = make_upload(iris), make_upload(iris)
    quarantine.take(first)
    assert files(config) == [path_of(second)]


def test_a_sweep_leaves_what_waits_and_removes_what_ended(iris, config):
    waits = make_upload(iris)
    works = make_upload(iris, make=make_running)
    for status in ("finished", "failed", "interrupted", "cancelled"):
        make_upload(iris, status=status, finished_at="2026-11-26T00:00:00Z")
    quarantine.sweep()
    assert sorted(files(config)) == sorted(path_of(run) for run in (waits, works))
    quarantine.sweep()


def test_a_run_that_is_queued_while_a_sweep_asks_keeps_its_file(iris, config):
    parcel, queued = make_parcel(b"PK\x03\x04"), []

    def queue_meanwhile(execute, *query):
        answer = execute(*query)
        if not queued:
            queued.append(True)
            make_run(iris, task="upload", parameters=parcel.parameters)
        return answer

    with connection.execute_wrapper(queue_meanwhile):
        quarantine.sweep()
    assert queued == [True]
    assert files(config) == [f"{parcel.folder}/file"]


def test_a_file_without_a_run_has_an_hour_to_get_one(iris, config):
    new, old = (f"{make_parcel(content).folder}/file" for content in (b"new", b"old"))
    make_old(config, old)
    waits = make_upload(iris)
    make_old(config, path_of(waits))
    quarantine.sweep()
    assert sorted(files(config)) == sorted([new, path_of(waits)])


def test_there_may_be_no_folder_and_files_that_vanish(iris, config, monkeypatch):
    quarantine.sweep()
    old = SimpleNamespace(st_mtime=0.0)  # so its removal is tried
    gone = "quarantine/x/gone.upload"
    monkeypatch.setattr(quarantine.artefacts, "stored_in", lambda folder: [(gone, old)])
    quarantine.sweep()
    assert not (config.MEDIA_ROOT / gone).exists()


def test_a_new_leader_sweeps_what_a_killed_one_left(iris, config, monkeypatch):
    left = make_upload(iris, make=make_running, epoch=0)
    monkeypatch.setattr("scheduling.engine.supervisor.Ingester", lambda: None)
    with without_threads():
        supervisor = Supervisor()
        supervisor._step()  # takes the lease, and interrupts what was left running
        supervisor._step()
        supervisor._shut_down(0)
    left.refresh_from_db()
    assert left.status == "interrupted"
    assert files(config) == []


def test_a_run_that_fails_has_no_file_any_more(iris, config):
    run = make_upload(iris, make=make_running, content=b"PK\x03\x04 rubbish")
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    assert (run.status, run.decision) == ("failed", "blocked")
    assert str(Refused("damaged_zip")) in run.reason
    assert files(config) == []
    assert Run.objects.count() == 1
