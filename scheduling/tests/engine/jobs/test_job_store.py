"""The jobs are those of the schedules, whatever people edit while the scheduler runs."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import OperationalError

from scheduling.models import Run, Schedule
from scheduling.tests.engine_factory import job_of, look, make_due, make_engine, stored_jobs
from scheduling.tests.run_factory import make_schedule
from scheduling.timing.triggers import Interval


@pytest.fixture
def schedule(iris):
    """The one schedule of the demo: every 30 seconds."""
    return iris.schedules.get()


def reconcile(engine):
    engine.reconcile(Schedule.objects.enabled())


def edit(schedule, **columns):
    for name, value in columns.items():
        setattr(schedule, name, value)
    schedule.save()


def test_it_begins_with_a_job_for_each_enabled_schedule(iris, schedule):
    make_schedule(iris, name="off", enabled=False)
    nightly = make_schedule(iris, name="nightly", trigger="cron", cron="0 3 * * *", every_seconds=None)
    engine = make_engine()
    assert stored_jobs().keys() == {str(schedule.pk), str(nightly.pk)}
    assert job_of(engine, nightly).name == "cron 0 3 * * * (UTC)"
    assert stored_jobs()[str(nightly.pk)].hour == 3


def test_a_schedule_added_later_gets_its_job(iris, schedule):
    engine = make_engine()
    added = make_schedule(iris)
    reconcile(engine)
    assert str(added.pk) in stored_jobs()


@pytest.mark.parametrize("change", [lambda s: edit(s, enabled=False), lambda s: s.delete()])
def test_a_schedule_switched_off_or_deleted_loses_its_job(schedule, change):
    engine = make_engine()
    change(schedule)
    reconcile(engine)
    assert stored_jobs() == {}


def test_what_is_the_same_keeps_its_phase(schedule):
    engine = make_engine()
    before = stored_jobs()
    reconcile(engine)
    edit(schedule, name="renamed", task="validate")
    reconcile(engine)
    assert stored_jobs() == before
    assert make_engine() is not engine
    assert stored_jobs() == before


def test_what_was_missed_while_no_scheduler_ran_is_not_dropped_by_the_next(schedule):
    due = make_due(make_engine(), schedule, ago=timedelta(seconds=20))
    look(make_engine())
    assert Run.objects.get().scheduled_for == due


def test_a_changed_interval_means_a_new_plan(schedule):
    engine = make_engine()
    edit(schedule, every_seconds=3600)
    reconcile(engine)
    assert job_of(engine, schedule).trigger == Interval(3600)
    assert stored_jobs()[str(schedule.pk)] > datetime.now(UTC) + timedelta(minutes=59)
    assert job_of(engine, schedule).name == "every 3600 seconds"


def test_an_interval_can_become_a_cron_line(schedule):
    engine = make_engine()
    edit(schedule, trigger="cron", cron="0 3 * * *", every_seconds=None)
    reconcile(engine)
    assert stored_jobs()[str(schedule.pk)].hour == 3
    assert not Run.objects.exists()


def test_a_change_that_was_not_written_is_made_by_the_next_scheduler(schedule, monkeypatch):
    engine = make_engine()
    edit(schedule, every_seconds=3600)
    with monkeypatch.context() as patch:
        patch.setattr("scheduling.engine.job_store._write", away)
        with pytest.raises(OperationalError):
            reconcile(engine)
    assert stored_jobs()[str(schedule.pk)] < datetime.now(UTC) + timedelta(seconds=31)
    make_engine()
    assert stored_jobs()[str(schedule.pk)] > datetime.now(UTC) + timedelta(minutes=59)


def test_a_schedule_that_cannot_be_planned_does_not_stop_the_others(iris, schedule, caplog):
    odd = make_schedule(iris, name="a row that nobody validated")
    Schedule.objects.filter(pk=odd.pk).update(trigger="cron", cron="61 * * * *", every_seconds=None)
    edit(schedule, every_seconds=3600)
    engine = make_engine()
    reconcile(engine)
    assert stored_jobs().keys() == {str(schedule.pk)}
    assert job_of(engine, schedule).trigger == Interval(3600)
    told = [line for line in caplog.messages if "cannot be planned" in line]
    assert len(told) == 1  # once, not twice a second


@pytest.mark.parametrize("state", [b"", b"rubbish", b"\x80\x05cgone\nmodule\n.", b"[]", b'{"plan": 3}'])
def test_a_job_that_cannot_be_read_is_made_anew_and_keeps_its_time(schedule, state):
    due = make_due(make_engine(), schedule, ago=timedelta(seconds=20))
    table = apps.get_model("django_apscheduler", "DjangoJob").objects
    table.update(job_state=state)
    engine = make_engine()
    assert stored_jobs() == {str(schedule.pk): due}
    assert json.loads(bytes(table.get().job_state))["plan"] == "every 30 seconds"
    table.update(job_state=state)
    look(engine)  # before anybody has mended it
    assert Run.objects.get().scheduled_for == due
    assert stored_jobs() == {str(schedule.pk): due + timedelta(seconds=30)}


def test_a_row_of_nobodys_schedule_is_removed(schedule):
    table = apps.get_model("django_apscheduler", "DjangoJob").objects
    table.create(id="999999", next_run_time=datetime.now(UTC), job_state=b"x")
    engine = make_engine()
    look(engine)
    assert stored_jobs().keys() == {str(schedule.pk)}


def test_what_is_stored_is_one_function_one_id_and_the_plan_in_words_and_nothing_is_unpickled(
    schedule, monkeypatch
):
    monkeypatch.setattr("pickle.loads", lambda *a: pytest.fail("something was unpickled"))
    engine = make_engine()
    job = job_of(engine, schedule)
    assert (job.func_ref, list(job.args), dict(job.kwargs)) == (
        "scheduling.engine.apscheduler_engine:fire",
        [schedule.pk],
        {},
    )
    state = bytes(apps.get_model("django_apscheduler", "DjangoJob").objects.get().job_state)
    assert json.loads(state) == {
        "function": "scheduling.engine.apscheduler_engine:fire",
        "schedule": schedule.pk,
        "plan": "every 30 seconds",
    }


def test_the_time_in_the_row_is_the_time_it_fires(schedule):
    """A person with SQL may move it: nothing else holds another."""
    engine = make_engine()
    due = datetime.now(UTC) - timedelta(seconds=3)
    apps.get_model("django_apscheduler", "DjangoJob").objects.update(next_run_time=due)
    look(engine)
    assert Run.objects.get().scheduled_for == due


def test_what_is_due_and_cannot_be_planned_does_not_keep_the_thread_busy(iris, schedule):
    engine = make_engine()
    make_due(engine, schedule)
    Schedule.objects.update(trigger="cron", cron="61 * * * *", every_seconds=None)
    assert look(engine) is None or look(engine) > 0


def test_the_function_that_jobs_refer_to_keeps_its_place():
    from scheduling.engine.apscheduler_engine import fire

    # Jobs are stored under this name: renamed, each would be removed and begin its phase anew.
    assert (fire.__module__, fire.__name__) == ("scheduling.engine.apscheduler_engine", "fire")


def away(*args, **kwargs):
    raise OperationalError("the database is away")
