"""When a schedule fires: triggers of APScheduler that also say it, in words and in times. Always UTC."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from apscheduler.triggers.base import BaseTrigger

from scheduling.timing.cron_line import CronLine

UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


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
class Interval(Timing):
    """Every so many seconds, counted from the time before."""

    seconds: int

    @property
    def in_words(self) -> str:
        size, unit = next(u for u in UNITS if not self.seconds % u[0])
        count = self.seconds // size
        return f"Every {count} {unit}" if count != 1 else f"Every {unit.removesuffix('s')}"

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return (previous_fire_time or now) + timedelta(seconds=self.seconds)

    def latest(self, due: datetime, now: datetime) -> datetime:
        step = timedelta(seconds=self.seconds)
        return due + (now - due) // step * step


@dataclass(frozen=True)
class Cron(Timing):
    """By a cron line."""

    line: CronLine

    @property
    def in_words(self) -> str:
        return self.line.in_words

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        return self.line.after(previous_fire_time or now)

    def latest(self, due: datetime, now: datetime) -> datetime:
        """The line's own last time, unless the one that is due was set to a later one."""
        return max(due, self.line.until(now) or due)


@lru_cache(maxsize=256)
def trigger_of(*, every_seconds: int | None, cron: str) -> Timing:
    """Return the trigger of an interval, or of a cron line. Raises `ValueError` for what never fires."""
    if every_seconds is None:
        return Cron(CronLine(cron))
    if every_seconds < 1:
        raise ValueError("An interval must be at least 1 second.")
    return Interval(every_seconds)
