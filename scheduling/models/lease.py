"""Who leads: one row, taken and renewed by the database's own clock."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from predictions.models.clock import A_LITTLE

log = logging.getLogger("scheduling.models.lease")
SCHEDULER = "scheduler"


class LeaseQuerySet(models.QuerySet["Lease"]):
    """Taking, keeping and giving back: guarded updates, one row or none."""

    def held(self) -> LeaseQuerySet:
        """The lease, while somebody leads."""
        return (
            self.filter(name=SCHEDULER, expires_at__gt=Now()).exclude(owner="").exclude(_from_a_wrong_clock())
        )

    def take(self, owner: str) -> int | None:
        """Return the new epoch, or None while another owner's lease has not expired.

        The epoch grows with each taking, so that what an earlier leader started can be told apart.
        """
        self.get_or_create(name=SCHEDULER, defaults={"expires_at": Now()})
        if self.filter(_from_a_wrong_clock(), name=SCHEDULER).update(
            owner="", renewed_at=None, expires_at=Now()
        ):
            log.warning("the lease had a time to come: a clock was wrong. It is free now")
        free = Q(owner="") | Q(expires_at__lte=Now())
        taken = self.filter(free, name=SCHEDULER).update(
            owner=owner, epoch=F("epoch") + 1, renewed_at=Now(), expires_at=self._in_one_term()
        )
        return self.get(name=SCHEDULER).epoch if taken else None

    def is_kept_by(self, owner: str, epoch: int) -> bool:
        """Whether it is still this owner's; inside a transaction it stays so until the end."""
        mine = self.filter(name=SCHEDULER, owner=owner, epoch=epoch)
        return mine.select_for_update(no_key=True).first() is not None

    def renew(self, owner: str, epoch: int) -> bool:
        """Keep the lease; False where another owner has taken it meanwhile."""
        return bool(
            self.filter(name=SCHEDULER, owner=owner, epoch=epoch).update(
                renewed_at=Now(), expires_at=self._in_one_term()
            )
        )

    def release(self, owner: str, epoch: int) -> None:
        """Give the lease back, so that another may take it at once."""
        self.filter(name=SCHEDULER, owner=owner, epoch=epoch).update(owner="", expires_at=Now())

    @staticmethod
    def _in_one_term() -> models.ExpressionWrapper:
        return _in(timedelta(seconds=settings.LEASE_SECONDS))


def _in(time: timedelta) -> models.ExpressionWrapper:
    return models.ExpressionWrapper(Now() + time, output_field=models.DateTimeField())


def _from_a_wrong_clock() -> Q:
    """Nobody would lead until then. A leader that lives takes its place again, with the next epoch."""
    longest = timedelta(seconds=settings.MAX_LEASE_SECONDS)
    return Q(renewed_at__gt=_in(A_LITTLE)) | Q(expires_at__gt=_in(longest + A_LITTLE))


class Lease(models.Model):
    """The right to start runs. Held by at most one process; `epoch` counts the holders."""

    name = models.CharField(max_length=30, unique=True)
    owner = models.CharField(max_length=200, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    def last_seen(self, now: datetime) -> datetime | None:
        """When its owner renewed it last; None where that would be in a time to come."""
        wrong = self.renewed_at is None or self.renewed_at > now + A_LITTLE
        return None if wrong else self.renewed_at

    def __str__(self) -> str:
        return f"{self.name}: {self.owner or 'nobody'}"
