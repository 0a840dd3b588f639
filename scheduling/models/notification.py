"""Who is told of what, and the outbox: what happened, and one row for each message until it has arrived."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CASCADE, Index, Q

from predictions.models import RegisteredModel
from predictions.models.base import rules

BACK_OFF = (30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)  # seconds after each attempt: a day together
MOST_ATTEMPTS = len(BACK_OFF) + 1
HELP = {
    "person": "Whose rights count: a message is only sent while this person may read the model.",
    "registered_model": "Empty: all models that the person may read, and the scheduler.",
    "address": "For e-mail empty, for the address of the person's account, else another. Else the URL.",
    "events": "None chosen: all of them.",
    "quiet_from": "UTC. What happens in the quiet hours is told at their end, except rollbacks, versions "
    "that do not load and a scheduler that was away.",
    "secret": "The receiver checks the signature of each webhook with it.",
}  # fmt: skip


class Event(models.TextChoices):
    """What can be told."""

    AWAITING = "awaiting_approval", "a run awaits your approval"
    PROMOTED = "promoted", "a version went live"
    ROLLED_BACK = "rolled_back", "a version was rolled back"
    BLOCKED = "blocked_three_times", "three runs in a row were blocked"
    SOURCE_FAILED = "source_failed", "a data source failed"
    WORN = "evaluation_set_worn", "an evaluation set is worn"
    NO_SCHEDULER = "no_scheduler", "there was no scheduler for a minute"
    NOT_LOADED = "version_does_not_load", "a version does not load"
    TEST = "test", "a test"


AT_ONCE = (Event.ROLLED_BACK, Event.NO_SCHEDULER, Event.NOT_LOADED, Event.TEST)  # in quiet hours too


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about who wants to know."""

    def wanting(self, event: str, model: RegisteredModel | None) -> list[Subscription]:
        of_model = Q(registered_model=None) | Q(registered_model=model) if model else Q(registered_model=None)
        rows = self.filter(of_model, enabled=True)
        return [row for row in rows if not row.events or event in row.events]


class Subscription(models.Model):
    """A person or an address is told of events, of one model or of all that the person may read."""

    class Channel(models.TextChoices):
        EMAIL = "email", "e-mail"
        WEBHOOK = "webhook", "signed webhook"
        SLACK = "slack", "Slack, or what takes the same JSON"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="+", help_text=HELP["person"])
    registered_model = models.ForeignKey(
        RegisteredModel, CASCADE, null=True, blank=True, related_name="+", help_text=HELP["registered_model"]
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    address = models.CharField(max_length=500, blank=True, help_text=HELP["address"])
    events = models.JSONField(default=list, blank=True, help_text=HELP["events"])
    quiet_from = models.TimeField(null=True, blank=True, help_text=HELP["quiet_from"])
    quiet_until = models.TimeField(null=True, blank=True, help_text="UTC. It may be on the next day.")
    secret = models.CharField(max_length=100, blank=True, editable=False, help_text=HELP["secret"])
    enabled = models.BooleanField(default=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["person", "pk"]
        default_permissions = ()
        constraints = rules(
            quiet_hours_have_both_ends=Q(quiet_from__isnull=True, quiet_until__isnull=True)
            | Q(quiet_from__isnull=False, quiet_until__isnull=False)
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.get_channel_display()}, {self.registered_model or 'all models'}"

    def held_until(self, now: datetime) -> datetime | None:
        """Return the end of the quiet hours that now (in UTC) is in; None outside of them."""
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None or not _is_between(now.time(), begin, end):
            return None
        today = datetime.combine(now.date(), end, tzinfo=now.tzinfo)
        return today if today > now else today + timedelta(days=1)


def _is_between(moment: time, begin: time, end: time) -> bool:
    """Whether it is from `begin` to before `end`, which may be after midnight."""
    return begin <= moment < end if begin <= end else moment >= begin or moment < end


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
        """Those to be sent now, first those that failed least: no dead receiver delays others."""
        due = self.filter(state=Delivery.State.WAITING, next_at__lte=now)
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
        default_permissions = ()
        constraints = rules(one_message_to_each_subscription=["notice", "subscription"])
        indexes = [
            Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
