"""Quiet hours and dates on the command line: in the project's time zone."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, time

import pytest

from scheduling.management.arguments import moment
from scheduling.models import Schedule, Subscription


def at(day, hour, minute=0):
    return datetime(2026, 3 if day == 8 else 11, day, hour, minute, tzinfo=UTC)


def quiet(begin, end):
    return Subscription(quiet_from=time(begin), quiet_until=time(end))


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("Asia/Kolkata", "2026-11-01", datetime(2026, 10, 31, 18, 30, tzinfo=UTC)),
        ("America/New_York", "2026-11-01", at(1, 4)),
        ("America/New_York", "2026-11-01T01:30", at(1, 5, 30)),  # the first of the two
        ("America/New_York", "2026-11-01T01:30-05:00", at(1, 6, 30)),
        ("America/New_York", "2026-11-01T12:00Z", at(1, 12)),
        ("UTC", "2026-11-01", at(1, 0)),
    ],
)
def test_a_date_on_the_command_line(settings, zone, text, expected):
    settings.TIME_ZONE = zone
    assert moment(text) == expected


def test_a_time_that_no_clock_showed_is_refused(settings):
    settings.TIME_ZONE = "America/New_York"
    with pytest.raises(ArgumentTypeError, match="America/New_York"):
        moment("2026-03-08T02:30")


def test_quiet_hours_of_one_day(settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    subscription = quiet(1, 6)
    assert subscription.held_until(at(1, 19, 29)) is None  # 00:59 there
    assert subscription.held_until(at(1, 19, 30)) == at(2, 0, 30)
    assert subscription.held_until(at(2, 0, 30)) is None


def test_quiet_hours_over_midnight(settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    subscription = quiet(22, 6)
    assert subscription.held_until(at(1, 16, 30)) == at(2, 0, 30)  # from 22:00 there
    assert subscription.held_until(at(2, 0, 0)) == at(2, 0, 30)


def test_quiet_hours_in_a_night_in_which_clocks_change(settings):
    settings.TIME_ZONE = "America/New_York"
    assert quiet(22, 6).held_until(at(1, 3)) == at(1, 11)  # 23:00 to 06:00: eight hours later
    assert quiet(22, 6).held_until(at(8, 4)) == at(8, 10)  # 23:00 to 06:00: six hours later


def test_another_zone_is_another_plan(settings):
    schedule = Schedule(trigger="cron", cron="0 3 * * *")
    in_utc = schedule.spec
    settings.TIME_ZONE = "Asia/Kolkata"
    assert schedule.spec != in_utc
    assert schedule.in_words.endswith("Asia/Kolkata")
