"""What the last look of a schedule found."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import CASCADE

from predictions.contract.storable import storable
from predictions.models.base import A_LITTLE
from scheduling.models.run import Run
from scheduling.models.schedule import Schedule


class ScheduleLookQuerySet(models.QuerySet["ScheduleLook"]):
    """Each look is written by one guarded update."""

    def of(self, schedule: Schedule) -> ScheduleLook:
        return self.get_or_create(schedule=schedule)[0]

    def saw(self, look: ScheduleLook, *, now: datetime, found: str) -> bool:
        """Write what was found; False where another look was first."""
        mine = self.filter(pk=look.pk, looked_at=look.looked_at)
        return bool(mine.update(looked_at=now, found=storable(found)))


class ScheduleLook(models.Model):
    """The last look of a schedule that fires by what it finds. No part of the schedule: people edit that."""

    schedule = models.OneToOneField(Schedule, CASCADE, primary_key=True, related_name="look")
    looked_at = models.DateTimeField(null=True)
    found = models.TextField(blank=True)

    objects = ScheduleLookQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"look of {self.schedule}"

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look again; a look that a wrong clock dated ahead does not count."""
        if self.looked_at is None or self.looked_at > now + A_LITTLE:
            return True
        return (now - self.looked_at).total_seconds() >= (self.schedule.every_seconds or 0)

    def last_run(self, now: datetime) -> Run | None:
        """The newest run that the schedule started and that was not cut off."""
        runs = Run.objects.filter(schedule=self.schedule, created_at__lt=now + A_LITTLE)
        return runs.exclude(status=Run.Status.INTERRUPTED).order_by("-pk").first()

    def rests_until(self, now: datetime) -> datetime | None:
        """When it may start a run again; None where it may now."""
        last = self.last_run(now)
        until = last.created_at + self.schedule.rest if last else now
        return until if until > now else None
