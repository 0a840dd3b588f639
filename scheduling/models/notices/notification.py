"""The outbox: what happened, and one row for each message until it has arrived."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import CASCADE, Index, Q

from predictions.models import RegisteredModel
from predictions.models.base import A_LITTLE, rules
from scheduling.models.notices.subscription import Event, Subscription

BACK_OFF = (30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)  # seconds after each attempt: a day together
LONGEST = timedelta(days=1)  # a pause, or quiet hours
MOST_ATTEMPTS = len(BACK_OFF) + 1


class Notice(models.Model):
    """One event in sentences that everybody who may read the model may read."""

    event = models.CharField(max_length=30, choices=Event.choices)
    registered_model = models.ForeignKey(RegisteredModel, CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=100, unique=True, help_text="An event with the same key is told once.")
    what = models.CharField(max_length=300)
    why = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    page = models.CharField(max_length=60, help_text="The name of its page in the admin.")
    page_id = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [Index(fields=["at"], name="notice_at")]

    def __str__(self) -> str:
        return self.what


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """The outbox's vocabulary; each transition is one guarded update."""

    def due(self, now: datetime) -> DeliveryQuerySet:
        """Those to be sent now, first those that failed least: no dead receiver delays others.

        What is planned for later than any pause was planned by a wrong clock.
        """
        planned = Q(next_at__lte=now) | Q(next_at__gt=now + LONGEST + A_LITTLE)
        due = self.filter(planned, state=Delivery.State.WAITING)
        return due.order_by("attempts", "next_at")

    def claim(self, delivery: Delivery, *, now: datetime) -> bool:
        """Count one more attempt, and plan the next as if this one fails; False if somebody was first."""
        pause = BACK_OFF[min(delivery.attempts, len(BACK_OFF) - 1)]
        columns: dict[str, Any] = {
            "attempts": delivery.attempts + 1,
            "next_at": now + timedelta(seconds=pause),
        }
        return bool(self._waiting(delivery).update(**columns))

    def postpone(self, delivery: Delivery, *, until: datetime) -> bool:
        return bool(self._waiting(delivery).update(next_at=until))

    def end(self, delivery: Delivery, state: str, *, now: datetime, error: str = "") -> bool:
        """From waiting to a final state, whatever its number of attempts is by now."""
        mine = self.filter(pk=delivery.pk, state=Delivery.State.WAITING)
        return bool(mine.update(state=state, ended_at=now, last_error=error[:300]))

    def _waiting(self, delivery: Delivery) -> DeliveryQuerySet:
        return self.filter(pk=delivery.pk, state=Delivery.State.WAITING, attempts=delivery.attempts)


class Delivery(models.Model):
    """One message to one subscription. Its id stays the same in all attempts: receivers can drop doubles."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        GAVE_UP = "gave_up", "gave up"
        WITHHELD = "withheld", "withheld: the person may not read it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField("next attempt")
    ended_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-notice", "subscription"]
        verbose_name_plural = "deliveries"
        default_permissions = ()
        constraints = rules(one_message_to_each_subscription=["notice", "subscription"])
        indexes = [
            Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
