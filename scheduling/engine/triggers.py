"""When a schedule fires: APScheduler's triggers, always in UTC, and the cron lines we take."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from cronsim import CronSim, CronSimError
from django.core.exceptions import ValidationError
from django.utils import timezone

if TYPE_CHECKING:
    from scheduling.models import Schedule


def trigger_of(schedule: Schedule) -> BaseTrigger:
    """Return the trigger of a schedule. Raises `ValueError` for a line that nobody validated."""
    if schedule.trigger == "interval":
        return IntervalTrigger(seconds=schedule.every_seconds, timezone=UTC)
    return CronTrigger.from_crontab(schedule.cron, timezone=UTC)


def refuse_unlike_cron(line: str) -> None:
    """Raise `ValidationError` for lines that never fire, or that APScheduler reads otherwise.

    It counts weekdays from Monday = 0 where cron has Sunday = 0, and takes day of month *and*
    weekday where cron takes either.
    """
    fields = line.split()
    if len(fields) != 5:
        raise ValidationError({"cron": "Five fields: minute, hour, day, month, weekday."})
    if any(character.isdigit() for character in fields[4]):
        raise ValidationError({"cron": "Write weekdays by name (mon, tue, …), not by number."})
    if fields[2] != "*" and fields[4] != "*":
        raise ValidationError({"cron": "Give a day of the month or a weekday, not both."})
    try:
        next(CronSim(line, timezone.now()))
        CronTrigger.from_crontab(line, timezone=UTC)
    except (CronSimError, StopIteration, ValueError):
        raise ValidationError({"cron": "This line never fires, or is not a cron line."}) from None
