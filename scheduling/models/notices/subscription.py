"""Who is told of what: a person, for one model or all, through one channel, outside of quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CASCADE, Q
from django.utils.timezone import get_default_timezone

from predictions.models import RegisteredModel
from predictions.models.base import rules

HELP = {
    "person": "Whose rights count: a message is only sent while this person may read the model.",
    "registered_model": "Empty: all models that the person may read, and the scheduler.",
    "address": "For e-mail: empty for the address of the person's account, else another. Else the URL, which "
    "is kept encrypted and not shown again.",
    "events": "None chosen: all of them.",
    "quiet_from": "In the project's time zone. What happens in the quiet hours is told at their end, except "
    "rollbacks, versions that do not load and a scheduler that was away.",
}  # fmt: skip


class Event(models.TextChoices):
    """What can be told."""

    AWAITING = "awaiting_approval", "a run awaits an approval"
    PROMOTED = "promoted", "a version went live"
    ROLLED_BACK = "rolled_back", "a version was rolled back"
    BLOCKED = "blocked_three_times", "three runs in a row were blocked"
    SOURCE_FAILED = "source_failed", "a data source failed"
    WORN = "evaluation_set_worn", "an evaluation set is used up"
    NO_SCHEDULER = "no_scheduler", "there was no scheduler for a minute"
    NOT_LOADED = "version_does_not_load", "a version does not load"
    TEST = "test", "a test"


def events_in_words(events: list[Any]) -> str:
    """What a subscription is of: none in its list means all."""
    names = dict(Event.choices)
    return ", ".join(str(names.get(one, one)) for one in events) or "all events"


AT_ONCE = (Event.ROLLED_BACK, Event.NO_SCHEDULER, Event.NOT_LOADED, Event.TEST)  # in quiet hours too


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Questions about who wants to know."""

    def concerning(self, model: RegisteredModel | None) -> SubscriptionQuerySet:
        """Those of the model, and those of all models; of no model, the latter alone."""
        of_model = Q(registered_model=None) | Q(registered_model=model) if model else Q(registered_model=None)
        return self.filter(of_model, enabled=True).select_related("person")

    def wanting(self, event: str, model: RegisteredModel | None) -> list[Subscription]:
        return [row for row in self.concerning(model) if not row.events or event in row.events]


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
    quiet_until = models.TimeField(null=True, blank=True, help_text="It may be on the next day.")
    sealed_url = models.TextField(blank=True, editable=False)  # `address` has its host alone
    sealed_secret = models.TextField(blank=True, editable=False)
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
        """Return the end of the quiet hours that now is in; None outside of them."""
        begin, end, here = self.quiet_from, self.quiet_until, now.astimezone(get_default_timezone())
        if begin is None or end is None or not _is_between(here.time(), begin, end):
            return None
        day = here.date() if here.time() < end else here.date() + timedelta(days=1)
        return datetime.combine(day, end, tzinfo=here.tzinfo).astimezone(UTC)


def _is_between(moment: time, begin: time, end: time) -> bool:
    """Whether it is from `begin` to before `end`, which may be after midnight."""
    return begin <= moment < end if begin <= end else moment >= begin or moment < end
