"""A schedule has exactly one trigger, which fires, and fires when cron would."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from scheduling.engine.apscheduler_engine import trigger_of
from scheduling.models import Schedule
from scheduling.models.schedule import MINIMUM_SECONDS, refuse_unlike_cron
from scheduling.tests.run_factory import make_schedule


def cron(line, **columns):
    return Schedule(name="nightly", task="retrain", trigger="cron", cron=line, **columns)


def refused(schedule):
    """The fields that `clean` refuses, each with its message."""
    with pytest.raises(ValidationError) as caught:
        schedule.clean()
    return {field: messages[0] for field, messages in caught.value.message_dict.items()}


@pytest.mark.parametrize(
    "line",
    ["0 3 * * mon-fri", "*/5 * * * *", "0 0 1,15 * *", "30 6 29 feb *", "0 0 * * SUN", "5/15 8-18 * * *"],
)
def test_it_takes_a_cron_line_with_weekdays_by_name(line):
    schedule = cron(line)
    schedule.clean()
    assert trigger_of(schedule)
    assert schedule.spec == f"cron {line} (UTC)"


@pytest.mark.parametrize("line", ["0 3 * * 1", "0 3 * * 0-5", "0 3 * * 7", "0 3 * * mon#1", "0 3 * * */2"])
def test_it_refuses_numeric_weekdays_which_the_scheduler_counts_otherwise(line):
    assert refused(cron(line)) == {"cron": "Write weekdays by name (mon, tue, …), not by number."}


def test_it_refuses_both_day_fields_which_the_scheduler_takes_together():
    assert refused(cron("0 0 1 * mon")) == {"cron": "Give a day of the month or a weekday, not both."}


@pytest.mark.parametrize(
    "line", ["0 0 30 feb *", "0 0 31 apr *", "61 * * * *", "a b * * *", "0 0 * * monday"]
)
def test_it_refuses_a_line_that_never_fires_or_is_none(line):
    assert refused(cron(line)) == {"cron": "This line never fires, or is not a cron line."}


@pytest.mark.parametrize("line", ["", "@daily", "* * * *", "0 * * * * *"])
def test_it_refuses_a_line_without_five_fields(line):
    assert refused(cron(line)) == {"cron": "Five fields: minute, hour, day, month, weekday."}


@pytest.mark.parametrize(
    "line", ["*/60 * * * *", "0 */24 * * *", "0 0 1 */12 *", "0 0 L * *", "0 0 * * sun-tue"]
)
def test_it_takes_no_line_that_the_scheduler_refuses(line):
    with pytest.raises(ValidationError):
        refuse_unlike_cron(line)


def test_an_interval_needs_its_seconds():
    schedule = Schedule(name="often", task="retrain", trigger="interval")
    assert refused(schedule) == {"every_seconds": "An interval needs its number of seconds."}


def test_the_other_triggers_field_is_emptied():
    interval = Schedule(name="a", trigger="interval", every_seconds=30, cron="* * * * *")
    nightly = cron("0 3 * * *", every_seconds=30)
    interval.clean()
    nightly.clean()
    assert (interval.cron, nightly.every_seconds) == ("", None)
    assert interval.spec == "every 30 seconds"


@pytest.mark.parametrize("seconds", [0, 1, MINIMUM_SECONDS - 1])
def test_an_interval_under_ten_seconds_is_refused(iris, seconds):
    schedule = Schedule(
        name="often", task="retrain", registered_model=iris, trigger="interval", every_seconds=seconds
    )
    with pytest.raises(ValidationError) as caught:
        schedule.full_clean()
    assert list(caught.value.message_dict) == ["every_seconds"]
    schedule.every_seconds = MINIMUM_SECONDS
    schedule.full_clean()


def test_an_upload_cannot_be_scheduled(iris):
    schedule = Schedule(name="up", task="upload", registered_model=iris, every_seconds=60)
    with pytest.raises(ValidationError, match="not a valid choice"):
        schedule.full_clean()


def test_saving_refuses_what_clean_refuses(iris):
    with pytest.raises(ValidationError):
        make_schedule(iris, trigger="cron", every_seconds=None, cron="0 0 30 feb *")
    assert not Schedule.objects.filter(name="each minute").exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"every_seconds": None},
        {"every_seconds": 0},
        {"cron": "* * * * *"},
        {"trigger": "cron"},
        {"trigger": "cron", "every_seconds": None},
        {"trigger": "sometimes"},
    ],
)
def test_the_database_holds_exactly_one_trigger(iris, columns):
    schedule = make_schedule(iris)
    with pytest.raises(IntegrityError, match="schedule_has_exactly_its_trigger"), transaction.atomic():
        Schedule.objects.filter(pk=schedule.pk).update(**columns)


def test_only_enabled_schedules_fire(iris):
    off = make_schedule(iris, name="off", enabled=False)
    assert off not in Schedule.objects.enabled()
    assert [str(schedule) for schedule in Schedule.objects.enabled()] == ["retrain iris"]
