"""One cron line, read once: the same object says in words when it fires, and computes when it does.

As in Debian's cron: with a day of the month *and* a weekday either is enough, unless one begins with `*`.
Beside that `L` (the last day, or `5L` the last Friday), `LW` and `#` (`1#2`: the second Monday).

Its times are those of the project's time zone. Where clocks are changed, as in Debian's cron too: a fixed
hour that is left out fires as soon as it is over, and one that comes twice fires once.
"""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim, CronSimError
from cronsim.explain import Expression
from django.utils.timezone import get_default_timezone

from predictions.zone import zone_of_the_project

MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS = range(60), range(24), range(1, 32), range(1, 13), range(7)
LISTED = 6  # so many values are named one by one
ANY = "*****"
ENDINGS = {"1": "1st", "2": "2nd", "3": "3rd"}  # cronsim says 21th
# The name of each field, and what may stand in it.
FIELDS = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, L for the last, LW for the last from Monday to Friday"),
    ("month", "1 to 12, or jan to dec"),
    ("weekday", "0 to 7 (both are Sunday), or sun to sat; 1#2 is the second Monday, 5L the last Friday"),
)
FIVE = "A cron line has five fields: minute, hour, day of the month, month, weekday."
NEVER = "This cron line never fires, because no month has such a day."
RANGES = (
    "Write a range with a dash and the smaller value first (1-5), a list with commas (1,15 or 22,23,0-2), "
    "a step with a slash (*/15)."
)


class NotACronLine(ValueError):
    """The line cannot be read, or never fires. The message is a sentence for people."""


class Timing(BaseTrigger):
    """What is shown of a schedule comes from the object that fires it: there is no second reader."""

    @property
    @abstractmethod
    def in_words(self) -> str:
        """When it fires, for people."""

    @abstractmethod
    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Return the first time after the previous one; after now if there was none."""

    @abstractmethod
    def latest(self, due: datetime, now: datetime) -> datetime:
        """Return the last time from `due` until now: what is made up for, however much was missed."""
        # In one step: after a clock that stood at 1970, one by one would be hundreds of millions.


@dataclass(frozen=True)
class CronLine(Timing):
    """Raises `NotACronLine`, which names the field."""

    text: str

    def __post_init__(self) -> None:
        fields = self.text.split()
        if len(fields) != len(FIELDS):
            raise NotACronLine(FIVE)
        object.__setattr__(self, "text", " ".join(fields))
        for place, (name, allowed) in enumerate(FIELDS):
            if not _is_read(fields[place], place):
                raise NotACronLine(f"The {name} “{fields[place]}” is not valid. Allowed: {allowed}. {RANGES}")
        if not _is_read(self.text) or next(CronSim(self.text, datetime.now(UTC)), None) is None:
            raise NotACronLine(NEVER)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Return the first time after the previous one, or after now; None if there is none for 50 years."""
        since = (previous_fire_time or now).astimezone(UTC)
        # cronsim reads a moment in an hour that comes twice as one of the first time.
        return next((at for at in _times(self.text, since) if at > since), None)

    def latest(self, due: datetime, now: datetime) -> datetime:
        """Return the line's own last time, unless the one that is due was set to a later one."""
        return max(due, self.until(now) or due)

    def until(self, moment: datetime) -> datetime | None:
        """Return the last time that is not after this moment."""
        second = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        last = next((at for at in _times(self.text, second, reverse=True) if at <= moment), None)
        while last and (later := self.get_next_fire_time(last, last)) and later <= moment:
            last = later
        return last

    @property
    def in_words(self) -> str:
        """Every value at which it fires, and no step that would have to be worked out."""
        expression = Expression(self.spelt)
        expression.day_and = CronSim(self.text, datetime.now(UTC)).day_and
        words = f"{expression.explain()}, {zone_of_the_project()}"
        return re.sub(r"(?<!1)([123])th\b", lambda found: ENDINGS[found[1]], words)

    @property
    def spelt(self) -> list[str]:
        """The same times in six fields, the first for seconds, written from what was read."""
        read = CronSim(self.text, datetime.now(UTC))
        days, weekdays = _days_of(read)
        clock = _stepped(read.minutes, MINUTES), _stepped(read.hours, HOURS)
        return ["0", *clock, days, _listed(read.months, MONTHS), weekdays]


def _times(line: str, since: datetime, *, reverse: bool = False) -> Iterator[datetime]:
    """Yield the times after a moment, or before it, in UTC: in one zone, Python compares clocks."""
    zone = get_default_timezone()
    here = since if str(zone) == "UTC" else since.astimezone(zone)
    return (at.astimezone(UTC) for at in CronSim(line, here, reverse=reverse))


def _is_read(text: str, place: int | None = None) -> bool:
    """Whether cronsim takes this line, or this field where all others are `*`."""
    line = text if place is None else " ".join([*ANY[:place], text, *ANY[place + 1 :]])
    try:
        CronSim(line, datetime.now(UTC))
    except CronSimError:
        return False
    return text.isascii()  # it also takes letters that are only upper-cased to A to Z


def _days_of(read: CronSim) -> tuple[str, str]:
    """Both fields of days, written anew; if either is enough and one is all days, both are."""
    weekdays = {day % 7 for day in read.weekdays if isinstance(day, int)}
    special = sorted({(day[0] % 7, day[1]) for day in read.weekdays if isinstance(day, tuple)})
    days = {day for day in read.days if day > 0}
    if not read.day_and and (len(days) == len(DAYS) or len(weekdays) == len(WEEKDAYS)):
        return "*", "*"
    if len(weekdays) == len(WEEKDAYS):
        special = []
    last = [name for value, name in ((CronSim.LAST, "L"), (CronSim.LAST_WEEKDAY, "LW")) if value in read.days]
    if len(days) == len(DAYS):
        last = []
    nth = [f"{day}L" if count == CronSim.LAST else f"{day}#{count}" for day, count in special]
    written = [_listed(days, DAYS), *last], [_listed(weekdays, WEEKDAYS), *nth]
    return ",".join(filter(None, written[0])), ",".join(filter(None, written[1]))


def _stepped(values: Iterable[int], every: range) -> str:
    """With a step where it goes on evenly over the end, as each 15 minutes do and each 25 do not."""
    ordered = sorted(values)
    step = ordered[1] - ordered[0] if len(ordered) > 1 else 0
    if step > 1 and len(every) % step == 0 and ordered == list(every[::step]):
        return f"*/{step}"
    return _listed(ordered, every)


def _listed(values: Iterable[int], every: range) -> str:
    """All of them; one after the other; or as ranges."""
    ordered = sorted(values)
    if ordered == list(every):
        return "*"
    step = ordered[1] - ordered[0] if len(ordered) > LISTED else 1
    if step > 1 and ordered == list(range(ordered[0], ordered[-1] + 1, step)):
        return f"{ordered[0]}-{ordered[-1]}/{step}"
    return ",".join(_ranges(ordered))


def _ranges(ordered: list[int]) -> Iterable[str]:
    while ordered:
        length = next((i for i, value in enumerate(ordered) if value != ordered[0] + i), len(ordered))
        yield f"{ordered[0]}-{ordered[length - 1]}" if length > 2 else str(ordered[0])
        ordered = ordered[length if length > 2 else 1 :]
