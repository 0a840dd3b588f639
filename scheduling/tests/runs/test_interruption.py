"""Runs whose scheduler is gone: marked, and queued again where their schedule says so."""

import pytest
from django.db import IntegrityError

from scheduling.models import Run
from scheduling.runs.transitions import MOST_ATTEMPTS, interrupt
from scheduling.tests.run_factory import make_run, make_running, make_schedule

WHY = "Interrupted: the scheduler that had started it is gone."


@pytest.fixture
def again(iris):
    """A schedule whose interrupted runs are queued again."""
    return make_schedule(iris, after_interruption="queue_again")


def retries():
    return list(Run.objects.filter(trigger="retry").order_by("pk"))


def test_what_is_running_is_closed_and_nothing_else(iris):
    first, second, waiting = make_running(iris), make_running(iris, epoch=1), make_run(iris)
    assert interrupt(Run.objects.all(), reason=WHY) == 2
    for run in (first, second, waiting):
        run.refresh_from_db()
    assert [run.status for run in (first, second, waiting)] == ["interrupted", "interrupted", "queued"]
    assert (first.reason, second.reason) == (WHY, WHY)
    assert first.finished_at is not None


def test_by_default_it_is_left(iris):
    make_running(iris, schedule=make_schedule(iris))
    make_running(iris)  # a person's
    interrupt(Run.objects.all(), reason=WHY)
    assert retries() == []


def test_queued_again_it_is_a_run_of_its_own_that_names_the_first(iris, again):
    run = make_running(iris, schedule=again, schedule_name=again.name, parameters={"version": "1.0"})
    interrupt(Run.objects.all(), reason=WHY)
    (retry,) = retries()
    assert (retry.status, retry.retry_of, retry.attempt, retry.schedule) == ("queued", run, 2, again)
    assert (retry.task, retry.parameters, retry.scheduled_for) == (run.task, {"version": "1.0"}, None)
    run.refresh_from_db()
    assert run.status == "interrupted"


def test_a_run_that_ends_its_scheduler_each_time_is_given_up(iris, again):
    make_running(iris, schedule=again, attempt=MOST_ATTEMPTS)
    interrupt(Run.objects.all(), reason=WHY)
    assert retries() == []


def test_marking_and_queueing_are_both_there_or_neither(iris, again, monkeypatch):
    run = make_running(iris, schedule=again)

    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr("scheduling.models.run.RunQuerySet.enqueue", fail)
    with pytest.raises(IntegrityError):
        interrupt(Run.objects.all(), reason=WHY)
    run.refresh_from_db()
    assert run.status == "running"


def test_one_that_ended_meanwhile_is_left_as_it_is(iris, again, monkeypatch):
    run = make_running(iris, schedule=again)
    real = Run.objects.interrupt

    def first_it_ends(run, *, reason):
        Run.objects.close(run, status="finished", reason="Worse.")
        return real(run, reason=reason)

    monkeypatch.setattr(Run.objects, "interrupt", first_it_ends)
    assert interrupt(Run.objects.all(), reason=WHY) == 0
    run.refresh_from_db()
    assert (run.status, run.reason, retries()) == ("finished", "Worse.", [])
