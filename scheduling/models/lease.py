"""Which scheduler leads: one row, taken and renewed by the database's own clock."""

import logging
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from predictions.conf import MAX_LEASE_SECONDS, config
from predictions.models.base import A_LITTLE

log = logging.getLogger("scheduling.models.lease")
SCHEDULER = "scheduler"


class LeaseQuerySet(models.QuerySet["Lease"]):
    """Taking, keeping and giving back: guarded updates, one row or none."""

    def held(self) -> Self:
        current = self.filter(name=SCHEDULER, expires_at__gt=Now())
        return current.exclude(owner="").exclude(_from_a_wrong_clock())

    def take(self, owner: str) -> int | None:
        """Return the new epoch, which grows with each taking; None while another's lease has not expired."""
        self.get_or_create(name=SCHEDULER, defaults={"expires_at": Now()})
        rows = self.filter(name=SCHEDULER)
        freed = {"owner": "", "renewed_at": None, "expires_at": Now()}
        if rows.filter(_from_a_wrong_clock()).update(**freed):
            log.warning("the lease was dated in the future, so a clock was wrong; it is free now")
        free = rows.filter(Q(owner="") | Q(expires_at__lte=Now()))
        taken = free.update(owner=owner, epoch=F("epoch") + 1, **_from_now_on())
        return self.get(name=SCHEDULER).epoch if taken else None

    def _of(self, owner: str, epoch: int) -> Self:
        return self.filter(name=SCHEDULER, owner=owner, epoch=epoch)

    def is_kept_by(self, owner: str, epoch: int) -> bool:
        """Whether it is still this owner's; inside a transaction it stays so until the end."""
        return self._of(owner, epoch).select_for_update(no_key=True).first() is not None

    def renew(self, owner: str, epoch: int) -> bool:
        """Keep the lease; False where another owner has taken it meanwhile."""
        return bool(self._of(owner, epoch).update(**_from_now_on()))

    def release(self, owner: str, epoch: int) -> None:
        self._of(owner, epoch).update(owner="", expires_at=Now())


def _in(time: timedelta) -> models.ExpressionWrapper:
    return models.ExpressionWrapper(Now() + time, output_field=models.DateTimeField())


def _from_now_on() -> dict[str, Any]:
    return {"renewed_at": Now(), "expires_at": _in(timedelta(seconds=config.LEASE_SECONDS))}


def _from_a_wrong_clock() -> Q:
    """Nobody would lead until then. A leader that lives takes its place again, with the next epoch."""
    longest = timedelta(seconds=MAX_LEASE_SECONDS)
    return Q(renewed_at__gt=_in(A_LITTLE)) | Q(expires_at__gt=_in(longest + A_LITTLE))


class Lease(models.Model):
    """The right to start runs. Held by at most one process; `epoch` counts the holders."""

    name = models.CharField(max_length=30, unique=True)
    owner = models.CharField(max_length=200, blank=True)
    epoch = models.PositiveIntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name}: {self.owner or 'nobody'}"

    @property
    def host(self) -> str:
        """Where the owner runs: `new_owner` puts it first."""
        return self.owner.split(":")[0]

    def last_seen(self, now: datetime) -> datetime | None:
        """When its owner renewed it last; None where that would lie in the future."""
        wrong = self.renewed_at is None or self.renewed_at > now + A_LITTLE
        return None if wrong else self.renewed_at
