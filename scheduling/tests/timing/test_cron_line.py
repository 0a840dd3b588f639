"""A cron line fires when cron's would, and its words say when that is."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import pytest
from cronsim import CronSim

from scheduling.engine.scheduler_state import times_after
from scheduling.tests.timing.cron_lines import make_line
from scheduling.timing.cron_line import FIVE, NEVER, CronLine, NotACronLine

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
THOUSANDS = 4000


def read(text):
    """The line, or the sentence by which it is refused."""
    try:
        return CronLine(text)
    except NotACronLine as refused:
        return str(refused)


def taken(count):
    """Generated lines that are not refused."""
    random = Random(14)
    lines = [read(make_line(random)) for _ in range(count)]
    assert all(line.endswith(".") for line in lines if isinstance(line, str))
    return [line for line in lines if isinstance(line, CronLine)]


def days(line, count):
    """The next days on which it fires."""
    trigger = CronLine(line)
    return [f"{at:%a %d %b}" for at in islice(times_after(NOON, trigger, None), count)]


def test_thousands_of_lines_fire_when_they_are_shown_to_and_when_cron_would():
    lines = taken(THOUSANDS)
    assert len(lines) > THOUSANDS / 4
    for line in lines:
        shown = list(islice(times_after(NOON, line, None), 20))
        assert shown == list(islice(CronSim(line.text, NOON), 20)), line.text


def test_the_words_of_thousands_of_lines_mean_the_times_at_which_they_fire():
    for line in taken(THOUSANDS):
        again = CronSim(" ".join(line.spelt), NOON)
        again.day_and = CronSim(line.text, NOON).day_and
        assert list(islice(again, 20)) == list(islice(CronSim(line.text, NOON), 20)), line.text
        assert line.in_words.endswith(", UTC")


def test_what_was_missed_is_found_backwards_as_it_would_have_been_forwards():
    for line in taken(THOUSANDS // 4):
        first, second = islice(CronSim(line.text, NOON), 2)
        between = first + (second - first) / 2
        assert [line.until(at) for at in (first, between, second)] == [first, first, second], line.text
        assert line.until(first - timedelta(microseconds=1)) != first, line.text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0 3 1 jan-dec/3 *", "At 03:00 on the first day of January, April, July, and October"),
        ("0 0 * * sun-thu", "At 00:00 on Sunday through Thursday"),
        ("0 0 * * 7", "At 00:00 on Sunday"),
        ("0 0 * * */7", "At 00:00 on Sunday"),
        ("0 0 * * 1-7", "At 00:00 every day"),
        ("*/15 * * * *", "Every 15th minute of every hour"),
        ("*/45 * * * *", "At minutes 0 and 45 of every hour"),
        ("*/60 * * * *", "At the start of every hour"),
        ("0 */5 * * *", "At minute 0 past hours 0, 5, 10, 15, and 20"),
        ("0 0 1 * mon", "At 00:00 on the first day of month and on Monday"),
        ("0 0 */2 * mon", "At 00:00 on every second day of month if it's on Monday"),
        ("0 0 5,* * mon", "At 00:00 every day"),
        ("0 0 L * *", "At 00:00 on the last day of every month"),
        ("0 0 * * 5L", "At 00:00 on the last Friday of the month"),
        ("0 0 * * 1#2", "At 00:00 on the second Monday of the month"),
        ("0 0 11,21,22,31 * *", "At 00:00 on the 11th, the 21st, the 22nd, and the 31st day of month"),
    ],
)
def test_the_words_name_the_values(line, words):
    assert CronLine(line).in_words == f"{words}, UTC"


def test_a_day_of_the_month_and_a_weekday_are_either():
    assert days("0 0 1 * mon", 3) == ["Mon 30 Nov", "Tue 01 Dec", "Mon 07 Dec"]


def test_unless_one_begins_with_a_star():
    assert days("0 0 */2 * mon", 3) == ["Mon 07 Dec", "Mon 21 Dec", "Mon 11 Jan"]


@pytest.mark.parametrize("weekday", ["0", "7", "sun", "SUN"])
def test_sunday_has_two_numbers(weekday):
    assert days(f"0 0 * * {weekday}", 2) == ["Sun 29 Nov", "Sun 06 Dec"]


def test_a_range_over_the_end_is_told_how_to_be_written():
    with pytest.raises(NotACronLine, match="22,23,0-2"):
        CronLine("0 22-2 * * *")
    assert CronLine("0 22,23,0-2 * * *")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 0 * * sat-mon", "The weekday “sat-mon” "),
        ("0 0 ? * mon", "The day of the month “?” "),
        ("61 * * * *", "The minute “61” "),
        ("a b * * *", "The minute “a” "),
        ("* 24 * * *", "The hour “24” "),
        ("0 0 1 */0 *", "The month “*/0” "),
        ("0 0 * * monday", "The weekday “monday” "),
        ("0 0 * * ſun", "The weekday “ſun” "),
        ("0 0 30 feb *", NEVER),
        ("0 0 31 apr,jun *", NEVER),
        ("", FIVE),
        ("@daily", FIVE),
        ("0 * * * * *", FIVE),
    ],
)
def test_it_refuses_by_name_what_it_does_not_understand(line, said):
    with pytest.raises(NotACronLine) as refused:
        CronLine(line)
    assert str(refused.value).startswith(said)
