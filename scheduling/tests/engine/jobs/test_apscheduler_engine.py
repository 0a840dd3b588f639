"""When a job is due: exactly one run, written in the transaction that advances the job."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError

from scheduling.engine import job_store
from scheduling.engine.apscheduler_engine import fire
from scheduling.engine.job_store import LeaseLost, queue_occurrence
from scheduling.models import Run, Schedule
from scheduling.tests.engine_factory import look, make_due, make_engine, stored_jobs
from scheduling.timing.triggers import Interval


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


def test_a_fault_after_the_run_was_written_leaves_neither_and_the_next_look_makes_up_for_it(
    schedule, monkeypatch, caplog
):
    engine = make_engine()
    due = make_due(engine, schedule)
    with monkeypatch.context() as patch:
        patch.setattr(job_store, "_write", fail)
        look(engine)
    assert not Run.objects.exists()
    assert stored_jobs() == {str(schedule.pk): due}
    [warning] = [record for record in caplog.records if record.name == "scheduling.engine.job_store"]
    assert str(schedule.pk) in warning.getMessage()
    look(engine)  # its thread has survived
    assert Run.objects.get().scheduled_for == due


def test_a_fault_before_the_run_was_written_leaves_the_job_due(schedule, monkeypatch):
    engine = make_engine()
    due = make_due(engine, schedule)
    with monkeypatch.context() as patch:
        patch.setattr(job_store, "queue_occurrence", fail)
        look(engine)
    assert stored_jobs() == {str(schedule.pk): due}
    look(make_engine())  # the next process
    assert Run.objects.get().scheduled_for == due


def test_who_no_longer_leads_fires_nothing_and_plans_nothing(schedule):
    engine = make_engine()
    due = make_due(engine, schedule)
    engine._store._leads = lambda: False
    look(engine)
    schedule.every_seconds = 3600
    schedule.save()
    for edit in (lambda: None, schedule.delete):
        edit()
        with pytest.raises(LeaseLost):
            engine.reconcile(Schedule.objects.enabled())
    assert not Run.objects.exists()
    assert list(stored_jobs().values()) == [due]


def test_while_an_earlier_run_waits_the_next_is_written_down_as_cancelled(schedule):
    first = queue_occurrence(schedule, datetime.now(UTC))
    second = queue_occurrence(schedule, datetime.now(UTC) + timedelta(seconds=30))
    assert (first.status, second.status) == ("queued", "cancelled")
    assert (second.status, str(first.pk) in second.reason) == ("cancelled", True)
    Run.objects.claim(first, epoch=1)
    assert queue_occurrence(schedule, datetime.now(UTC) + timedelta(seconds=60)).status == "queued"


def test_a_job_whose_row_was_deleted_meanwhile_fires_all_the_same_and_comes_back(schedule):
    engine = make_engine()
    due = make_due(engine, schedule)
    stale = engine._store.get_due_jobs(datetime.now(UTC))
    apps.get_model("django_apscheduler", "DjangoJob").objects.all().delete()
    engine._store.get_due_jobs = lambda now: stale
    look(engine)
    assert Run.objects.get().scheduled_for == due
    assert stored_jobs() == {str(schedule.pk): due + timedelta(seconds=30)}


def test_a_schedule_switched_off_does_not_fire_though_its_job_is_still_there(schedule):
    engine = make_engine()
    make_due(engine, schedule)
    Schedule.objects.update(enabled=False)
    assert not engine.has_due()
    look(engine)
    assert not Run.objects.exists()


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


def test_jobs_of_the_project_in_the_same_table_are_left_alone(schedule):
    theirs = apps.get_model("django_apscheduler", "DjangoJob").objects
    soon = datetime.now(UTC) - timedelta(seconds=1)
    theirs.create(id="nightly mail", next_run_time=soon, job_state=b"\x80\x05pickled")
    engine = make_engine()
    engine.reconcile(Schedule.objects.enabled())
    look(engine)
    engine.reconcile(Schedule.objects.none())
    assert list(theirs.values_list("id", "next_run_time")) == [("nightly mail", soon)]


def test_no_execution_rows_are_kept_beside_the_runs(schedule):
    engine = make_engine()
    make_due(engine, schedule)
    look(engine)
    assert not apps.get_model("django_apscheduler", "DjangoJobExecution").objects.exists()


def test_a_job_that_will_not_fire_again_is_queued_a_last_time(schedule, monkeypatch):
    engine = make_engine()
    due = make_due(engine, schedule)
    monkeypatch.setattr(Interval, "get_next_fire_time", lambda trigger, previous, now: None)
    look(engine)
    assert Run.objects.get().scheduled_for == due
    assert stored_jobs() == {}


def test_it_counts_as_dead_when_its_thread_has_not_looked_for_long(schedule):
    engine = make_engine()
    assert not engine.is_dead
    engine._store.beat_at -= 61
    assert engine.is_dead
    look(engine)
    assert not engine.is_dead


def test_it_counts_as_dead_as_soon_as_its_thread_has_ended(schedule):
    engine = make_engine()
    engine._thread = threading.Thread(target=lambda: None)
    assert engine.is_dead


def test_stopping_fires_nothing_more(schedule, monkeypatch):
    engine = make_engine()
    due = make_due(engine, schedule)
    monkeypatch.setattr("threading.Thread.join", lambda thread: look(engine))
    engine.stop()
    assert not Run.objects.exists()
    assert stored_jobs() == {str(schedule.pk): due}


def test_the_stored_function_itself_does_nothing(schedule):
    with pytest.raises(AssertionError, match="runs"):
        fire(schedule.pk)
