"""A schedule has exactly one trigger, which fires, and which says when."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from scheduling.models import Schedule
from scheduling.models.schedule import MINIMUM_SECONDS
from scheduling.tests.run_factory import make_schedule


def cron(line, **columns):
    return Schedule(name="nightly", task="retrain", trigger="cron", cron=line, **columns)


def refused(schedule):
    """The fields that `clean` refuses, each with its message."""
    with pytest.raises(ValidationError) as caught:
        schedule.clean()
    return {field: messages[0] for field, messages in caught.value.message_dict.items()}


def test_it_takes_a_cron_line_and_says_when_it_fires():
    schedule = cron("0  3 * * mon-fri ")
    schedule.clean()
    assert schedule.spec == "cron 0 3 * * mon-fri (UTC)"
    assert schedule.in_words == "At 03:00 on Monday through Friday, UTC"


@pytest.mark.parametrize("line", ["0 0 30 feb *", "61 * * * *", "", "@daily"])
def test_a_line_that_never_fires_or_is_none_is_refused_by_field(line):
    assert list(refused(cron(line))) == ["cron"]


def test_a_row_that_nobody_validated_says_that_it_never_fires():
    assert cron("61 * * * *").in_words.startswith("Never. The minute “61” ")
    assert Schedule(trigger="interval", every_seconds=0).in_words.startswith("Never. ")


def test_an_interval_needs_its_seconds():
    schedule = Schedule(name="often", task="retrain", trigger="interval")
    assert list(refused(schedule)) == ["every_seconds"]


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
