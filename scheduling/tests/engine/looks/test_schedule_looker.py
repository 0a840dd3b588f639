"""The process that looks for schedules: where it is due, with a time limit, and kept from nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.engine.looks import one_look
from scheduling.engine.looks.schedule_looker import ScheduleLooker
from scheduling.models import Run, Schedule, ScheduleLook
from scheduling.tests.engine_factory import make_engine, stored_jobs
from scheduling.tests.process_factory import SLEEP, STUBBORN
from scheduling.tests.retraining.conftest import make_drift, make_new_rows
from scheduling.tests.run_factory import make_run


@pytest.fixture
def looker(iris, monkeypatch):
    monkeypatch.setattr(one_look, "ASK_SECONDS", 0.0)
    looker = ScheduleLooker()
    yield looker
    looker.stop()


@pytest.fixture
def waiting(iris):
    return make_new_rows(iris)


def seen(schedule):
    return ScheduleLook.objects.get(schedule=schedule)


def ended(looker, pipe):
    pipe.wait_until_ready()
    looker._look.child.process.wait(timeout=20)
    looker.step()


def test_without_such_a_schedule_nothing_is_started(looker):
    looker.step()
    assert (looker._look.child, looker.idle) == (None, True)


def test_they_have_no_times_and_no_stored_job(iris, waiting):
    make_engine()
    assert set(stored_jobs()) == {str(s.pk) for s in Schedule.objects.by_clock()}
    assert str(waiting.pk) not in stored_jobs()


def test_the_child_gets_the_schedule(looker, waiting, monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "scheduling.engine.limited_process.command", lambda **given: asked.update(given) or ["true"]
    )
    looker.step()
    assert asked["argv"][1:] == ["-m", "django", "runlook", str(waiting.pk)]
    assert not looker.idle


def test_one_that_looked_just_now_is_not_asked(looker, waiting):
    ScheduleLook.objects.create(schedule=waiting, looked_at=timezone.now())
    looker.step()
    assert (looker._look.child, looker.idle) == (None, True)


def test_one_that_rests_says_so_without_a_process(looker, waiting, iris):
    run = make_run(iris, task="retrain", schedule=waiting)
    looker.step()
    assert looker._look.child is None
    assert f"run {run.pk}." in seen(waiting).found
    assert seen(waiting).looked_at is not None


def test_the_one_that_waited_longest_is_first(looker, waiting, iris, children_do):
    children_do(SLEEP)
    hour = timedelta(hours=1)
    ScheduleLook.objects.create(schedule=waiting, looked_at=timezone.now() - hour)
    drifting = make_drift(iris)
    ScheduleLook.objects.create(schedule=drifting, looked_at=timezone.now() - 2 * hour)
    looker.step()
    assert looker._look.child.row.schedule == drifting


@pytest.mark.parametrize(
    ("script", "written"), [("ready(); sys.exit(1)", True), ("ready(); sys.exit(75)", False)]
)
def test_one_that_fails_is_told_and_looks_again_in_its_time(
    looker, waiting, children_do, pipe, script, written
):
    children_do(script)
    looker.step()
    ended(looker, pipe)
    assert (seen(waiting).looked_at is not None) is written
    assert ("exit code 1" in seen(waiting).found) is written
    assert not Run.objects.exists()


def test_one_that_hangs_is_ended(looker, waiting, children_do, pipe, monkeypatch):
    children_do(STUBBORN)
    looker.step()
    pipe.wait_until_ready()
    monkeypatch.setattr(one_look, "LIMIT_SECONDS", -1.0)
    looker.step()
    pipe.wait_until_all_have_ended()
    assert "time limit" in seen(waiting).found
