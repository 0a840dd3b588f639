"""When a job is due: exactly one run, written in the transaction that advances the job."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError

from scheduling import engine as engine_module
from scheduling.engine import fire, queue_occurrence
from scheduling.models import Run, Schedule
from scheduling.tests.engine_factory import job_of, look, make_due, make_engine, stored_jobs


@pytest.fixture
def schedule(iris):
    """The one schedule of the demo: every 30 seconds."""
    return iris.schedules.get()


def fail(*args, **kwargs):
    raise DatabaseError("the database is away")


def test_a_due_job_becomes_one_queued_run_that_says_where_it_comes_from(schedule):
    engine = make_engine()
    due = make_due(engine, schedule)
    look(engine)
    run = Run.objects.get()
    assert (run.task, run.registered_model, run.schedule) == ("retrain", schedule.registered_model, schedule)
    assert (run.status, run.trigger, run.scheduled_for) == ("queued", "schedule", due)
    assert (run.schedule_name, run.requested_by) == ("retrain iris", "schedule retrain iris")


def test_it_advances_the_job_to_its_next_time(schedule):
    engine = make_engine()
    due = make_due(engine, schedule)
    seconds = look(engine)
    assert stored_jobs() == {str(schedule.pk): due + timedelta(seconds=30)}
    assert 0 < seconds <= 30
    look(engine)
    assert Run.objects.count() == 1


def test_nothing_is_queued_before_its_time(schedule):
    engine = make_engine()
    look(engine)
    assert not Run.objects.exists()
    assert stored_jobs()[str(schedule.pk)] > datetime.now(UTC)


def test_times_that_were_missed_are_caught_up_once_however_late(schedule):
    engine = make_engine()
    due = make_due(engine, schedule, ago=timedelta(hours=6, seconds=10))
    look(engine)
    run = Run.objects.get()
    assert (run.scheduled_for - due) % timedelta(seconds=30) == timedelta(0)
    assert datetime.now(UTC) - run.scheduled_for < timedelta(seconds=31)
    assert (stored_jobs()[str(schedule.pk)] - due) % timedelta(seconds=30) == timedelta(0)


def test_a_fault_after_the_run_was_written_leaves_neither(schedule, monkeypatch):
    engine = make_engine()
    due = make_due(engine, schedule)
    with monkeypatch.context() as patch:
        patch.setattr(engine_module.DjangoJobStore, "update_job", fail)
        with pytest.raises(DatabaseError):
            look(engine)
    assert not Run.objects.exists()
    assert stored_jobs() == {str(schedule.pk): due}
    look(make_engine())  # the next process
    assert Run.objects.get().scheduled_for == due


def test_a_fault_before_the_run_was_written_leaves_the_job_due(schedule, monkeypatch):
    engine = make_engine()
    due = make_due(engine, schedule)
    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "queue_occurrence", fail)
        with pytest.raises(DatabaseError):
            look(engine)
    assert stored_jobs() == {str(schedule.pk): due}
    look(make_engine())
    assert Run.objects.get().scheduled_for == due


def test_a_second_scheduler_that_read_the_same_due_job_adds_no_run(schedule):
    first, second = make_engine(), make_engine()
    make_due(first, schedule)
    stale = second._store.get_due_jobs(datetime.now(UTC))
    look(first)
    second._store.get_due_jobs = lambda now: stale
    look(second)
    assert Run.objects.count() == 1


def test_an_occurrence_has_one_run_however_often_it_is_asked_for(schedule):
    due = datetime.now(UTC)
    assert queue_occurrence(schedule, due) == queue_occurrence(schedule, due)
    assert queue_occurrence(schedule, due + timedelta(seconds=30)) != queue_occurrence(schedule, due)
    assert Run.objects.count() == 2


def test_a_schedule_deleted_in_between_makes_no_run_and_loses_its_job(schedule):
    engine = make_engine()
    make_due(engine, schedule)
    schedule.delete()
    look(engine)
    assert not Run.objects.exists()
    engine.reconcile(Schedule.objects.enabled())
    assert stored_jobs() == {}


def test_no_execution_rows_are_kept_beside_the_runs(schedule):
    engine = make_engine()
    make_due(engine, schedule)
    look(engine)
    assert not apps.get_model("django_apscheduler", "DjangoJobExecution").objects.exists()


def test_a_job_that_will_not_fire_again_is_queued_a_last_time(schedule):
    engine = make_engine()
    job = job_of(engine, schedule)
    due = make_due(engine, schedule)
    job.trigger.end_date = datetime.now(UTC)
    engine._scheduler.modify_job(job.id, trigger=job.trigger, next_run_time=due)
    look(engine)
    assert Run.objects.get().scheduled_for == due
    assert stored_jobs() == {}


def test_its_silence_is_counted_from_the_last_look(schedule):
    engine = make_engine()
    engine._store.beat_at -= 100
    assert engine.silence > 99
    look(engine)
    assert engine.silence < 5


def test_stopping_fires_nothing_more(schedule, monkeypatch):
    engine = make_engine()
    due = make_due(engine, schedule)
    monkeypatch.setattr("threading.Thread.join", lambda thread: look(engine))
    engine.stop()
    assert not Run.objects.exists()
    assert stored_jobs() == {str(schedule.pk): due}


def test_the_stored_function_itself_does_nothing(schedule):
    with pytest.raises(AssertionError, match="queued as runs"):
        fire(schedule.pk)
