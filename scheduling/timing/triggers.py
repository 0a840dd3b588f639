"""When a schedule fires: triggers of APScheduler that also say it, in words and in times."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from scheduling.timing.cron_line import CronLine, Timing

UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


def every(seconds: int) -> str:
    """Return how often that is, for the middle of a sentence."""
    size, unit = next(u for u in UNITS if not seconds % u[0])
    count = seconds // size
    return f"every {count} {unit}" if count != 1 else f"every {unit.removesuffix('s')}"


@dataclass(frozen=True)
class Interval(Timing):
    """Every so many seconds, counted from the time before."""

    seconds: int

    @property
    def in_words(self) -> str:
        return every(self.seconds).capitalize()

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return (previous_fire_time or now) + timedelta(seconds=self.seconds)

    def latest(self, due: datetime, now: datetime) -> datetime:
        step = timedelta(seconds=self.seconds)
        return due + (now - due) // step * step


@lru_cache(maxsize=256)
def trigger_of(*, every_seconds: int | None, cron: str) -> Timing:
    """Return the trigger of an interval, or of a cron line. Raises `ValueError` for what never fires."""
    if every_seconds is None:
        return CronLine(cron)
    if every_seconds < 1:
        raise ValueError("An interval must be at least 1 second.")
    return Interval(every_seconds)
