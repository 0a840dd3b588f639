"""A stored time is believed as far as its schedule explains it: a clock may have been wrong."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from scheduling.engine.scheduler_state import next_times
from scheduling.models import Run, Schedule
from scheduling.tests.engine_factory import look, make_engine, stored_jobs
from scheduling.tests.run_factory import make_schedule

YEARS = timedelta(days=3652)


@pytest.fixture
def schedule(iris):
    """The one schedule of the demo: every 30 seconds."""
    return iris.schedules.get()


def store(**columns):
    apps.get_model("django_apscheduler", "DjangoJob").objects.update(**columns)


def reconcile(engine):
    engine.reconcile(Schedule.objects.enabled())


def test_a_time_ten_years_ahead_is_planned_anew_and_told(schedule, caplog):
    engine = make_engine()
    wrong = timezone.now() + YEARS
    store(next_run_time=wrong)
    reconcile(engine)
    due = stored_jobs()[str(schedule.pk)]
    assert timedelta(0) < due - timezone.now() <= timedelta(seconds=30)
    run = Run.objects.get()
    assert any(
        run.reason in record.getMessage() for record in caplog.records if record.levelname == "WARNING"
    )
    assert (run.schedule, run.status, run.trigger) == (schedule, "cancelled", "schedule")
    assert all(f"{moment:%Y-%m-%d %H:%M:%S} UTC" in run.reason for moment in (wrong, due))
    reconcile(engine)
    assert Run.objects.count() == 1  # told once


def test_a_clock_that_was_wrong_once_costs_one_interval(schedule):
    with time_machine.travel(timezone.now() + YEARS):
        look(make_engine())
    engine = make_engine()
    assert stored_jobs()[str(schedule.pk)] - timezone.now() <= timedelta(seconds=30)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        look(engine)
    assert Run.objects.queued().get().schedule == schedule


def test_a_cron_lines_time_is_bounded_by_its_own_next_one(iris, schedule):
    schedule.delete()
    nightly = make_schedule(iris, trigger="cron", cron="0 3 * * *", every_seconds=None)
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC), tick=False):
        engine = make_engine()
        store(next_run_time=datetime(2026, 11, 28, 3, tzinfo=UTC))
        reconcile(engine)
        assert stored_jobs() == {str(nightly.pk): datetime(2026, 11, 27, 3, tzinfo=UTC)}


def test_an_occurrence_that_ran_is_not_run_again_after_the_clock_was_put_back(iris, schedule):
    schedule.delete()
    make_schedule(iris, trigger="cron", cron="0 3 * * *", every_seconds=None)
    with time_machine.travel(datetime(2026, 11, 26, 2, 59, tzinfo=UTC), tick=False) as clock:
        engine = make_engine()
        clock.move_to(datetime(2026, 11, 26, 3, 0, 1, tzinfo=UTC))
        look(engine)
        clock.move_to(datetime(2026, 11, 26, 2, 50, tzinfo=UTC))
        reconcile(engine)
        clock.move_to(datetime(2026, 11, 26, 3, 0, 1, tzinfo=UTC))
        look(engine)
    assert Run.objects.filter(scheduled_for=datetime(2026, 11, 26, 3, tzinfo=UTC)).count() == 1


def test_clocks_of_two_hosts_may_differ_by_a_little(schedule):
    engine = make_engine()
    due = timezone.now() + timedelta(seconds=80)
    store(next_run_time=due)
    reconcile(engine)
    assert stored_jobs() == {str(schedule.pk): due}
    assert not Run.objects.exists()


def test_a_time_that_is_missing_is_planned(schedule):
    engine = make_engine()
    store(next_run_time=None)
    reconcile(engine)
    assert stored_jobs()[str(schedule.pk)] > timezone.now()
    assert Run.objects.get().reason


@pytest.mark.parametrize(
    "columns",
    [{}, {"trigger": "cron", "cron": "*/1 * * * *", "every_seconds": None}],
    ids=["interval", "cron"],
)
def test_half_a_century_that_was_missed_is_caught_up_once_and_at_once(iris, schedule, columns):
    Schedule.objects.update(**columns)
    engine = make_engine()
    store(next_run_time=datetime(1970, 1, 1, tzinfo=UTC))
    look(engine)
    run = Run.objects.get()
    assert timedelta(0) <= timezone.now() - run.scheduled_for <= timedelta(minutes=1)
    assert stored_jobs()[str(schedule.pk)] > timezone.now()


def test_what_is_shown_of_a_wrong_time_is_what_will_be_planned(schedule):
    make_engine()
    store(next_run_time=timezone.now() + YEARS)
    now = timezone.now()
    assert next_times(schedule, now=now, count=1) == [now + timedelta(seconds=30)]


def test_what_was_missed_is_shown_in_the_phase_in_which_it_goes_on(schedule):
    make_engine()
    now = timezone.now()
    store(next_run_time=now - timedelta(seconds=70))
    assert next_times(schedule, now=now, count=2) == [now + timedelta(seconds=s) for s in (20, 50)]


def test_a_plan_that_was_edited_since_is_not_counted_from_the_old_one(schedule):
    make_engine()
    schedule.every_seconds = 3600
    schedule.save()
    now = timezone.now()
    assert next_times(schedule, now=now, count=1) == [now + timedelta(hours=1)]
