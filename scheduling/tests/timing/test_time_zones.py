"""Cron lines in the project's time zone, also in the nights in which clocks are changed."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import pytest

from scheduling.engine.scheduler_state import times_after
from scheduling.tests.timing.cron_lines import make_line
from scheduling.timing.cron_line import CronLine, NotACronLine

# New York: 2026-03-08 02:00 is followed by 03:00; 2026-11-01 01:59 by 01:00 again.
SPRING, AUTUMN = datetime(2026, 3, 8, 4, 0, tzinfo=UTC), datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def kolkata(settings):
    settings.TIME_ZONE = "Asia/Kolkata"


@pytest.fixture
def new_york(settings):
    settings.TIME_ZONE = "America/New_York"


def times(line, since, count):
    """The next times in UTC."""
    return [f"{at:%d %H:%M}" for at in islice(times_after(since, CronLine(line), None), count)]


def test_an_hour_is_the_projects(kolkata):
    assert times("0 3 * * *", datetime(2026, 3, 1, tzinfo=UTC), 2) == ["01 21:30", "02 21:30"]
    assert CronLine("0 3 * * *").in_words == "At 03:00 every day, Asia/Kolkata"


def test_a_weekday_is_the_projects(kolkata):
    monday = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)  # 01:30 of Monday there
    assert times("0 3 * * mon", monday, 1) == ["01 21:30"]


def test_an_hour_that_does_not_exist_fires_as_soon_as_it_is_over(new_york):
    assert times("30 2 * * *", SPRING, 2) == ["08 07:00", "09 06:30"]
    assert times("0,30 2 * * *", SPRING, 2) == ["08 07:00", "09 06:00"]


def test_an_hour_that_comes_twice_fires_once(new_york):
    assert times("30 1 * * *", AUTUMN, 2) == ["01 05:30", "02 06:30"]


@pytest.mark.parametrize("minutes", [40, 100])  # in the first and in the second such hour
def test_what_was_set_in_such_an_hour_never_fires_in_the_past(new_york, minutes):
    now = AUTUMN + HOUR + timedelta(minutes=minutes)
    assert CronLine("45 1 * * *").get_next_fire_time(None, now) > now


def test_a_line_for_every_hour_fires_in_both(new_york):
    assert times("0 * * * *", AUTUMN, 4) == ["01 05:00", "01 06:00", "01 07:00", "01 08:00"]
    assert times("30 * * * *", SPRING, 4) == ["08 04:30", "08 05:30", "08 06:30", "08 07:30"]


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_what_was_missed_in_such_a_night_is_found(new_york, night):
    random, read = Random(19), 0
    while read < 40:
        try:
            line = CronLine(make_line(random))
        except NotACronLine:
            continue
        read += 1
        forward = []
        for at in times_after(night - 24 * HOUR, line, None):
            if at > night + 8 * HOUR or len(forward) > 2000:
                break
            forward.append(at)
        for moment in (night + step * HOUR / 2 for step in range(16)):
            due = [at for at in forward if at <= moment]
            if due and len(forward) <= 2000:
                assert line.until(moment) == due[-1], (line.text, moment)


def test_times_go_up(new_york):
    for night in (SPRING, AUTUMN):
        random = Random(20)
        for _ in range(100):
            try:
                line = CronLine(make_line(random))
            except NotACronLine:
                continue
            found = list(islice(times_after(night, line, None), 30))
            assert found == sorted(set(found)), line.text
