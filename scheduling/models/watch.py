"""The watch over one promotion: when it was looked at, what was seen, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import PROTECT, Count, Exists, Index, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from predictions.models import Prediction, Promotion, RegisteredModel, RequestCount
from predictions.models.base import A_LITTLE, rules
from predictions.models.worker import BLOCK
from predictions.zone import to_minute
from scheduling.models.run import Run

SETTLED = timedelta(minutes=1)  # after a block: what was answered in it is in the log by then
PATIENCE = 2 * BLOCK  # without a look for so long, no scheduler is running: one looks each minute
RECENT = timedelta(days=7)  # for so long the front page and health warn of an unwatched promotion
SEEN = Coalesce("looked_at", "promotion__at")


def nobody_looked(now: datetime) -> Q:
    """At the end of the bake time, or up to this moment. Takes the annotation `seen`."""
    return Q(status=Watch.Status.UNSEEN) | Q(status=Watch.Status.OPEN, seen__lt=now - PATIENCE)


class WatchQuerySet(models.QuerySet["Watch"]):
    """Questions about many watches; each change of an open one is one guarded update."""

    def open(self, registered_model: RegisteredModel | None = None) -> WatchQuerySet:
        only = {} if registered_model is None else {"promotion__registered_model": registered_model}
        return self.filter(status=Watch.Status.OPEN, **only)

    def with_flip(self) -> WatchQuerySet:
        versions = [f"promotion__{name}__signature" for name in ("version", "replaced_version")]
        models = ["promotion", *versions]
        return self.select_related("run", *(f"{path}__registered_model" for path in models))

    def saw(self, watch: Watch, *, now: datetime, **columns: Any) -> bool:
        """Write that somebody looked, and what was seen; False where it is closed, or another was first."""
        mine = self.open().filter(pk=watch.pk, counted_until=watch.counted_until)
        return bool(mine.update(looked_at=now, gaps=watch.gaps_at(now), **columns))

    def close(self, watch: Watch, *, status: str, reason: str, now: datetime, **columns: Any) -> bool:
        """From open to how it ended; False where it is closed, or another look was first."""
        return self.saw(watch, now=now, status=status, reason=reason, closed_at=now, **columns)

    def unwatched_by_model(self, now: datetime) -> dict[str, int]:
        rows = self.alias(seen=SEEN).order_by().values("promotion__registered_model__name")
        counted = rows.annotate(count=Count("pk", filter=nobody_looked(now)))
        return dict(counted.values_list("promotion__registered_model__name", "count"))

    def to_tell(self, now: datetime) -> WatchQuerySet:
        """Those at which nobody looked in time and whose version is live, unless it is long known."""
        rows = Promotion.objects.filter(registered_model=OuterRef("promotion__registered_model"))
        overtaken = Exists(rows.filter(sequence__gt=OuterRef("promotion__sequence")))
        recent = Q(closed_at=None) | Q(closed_at__gt=now - RECENT)
        told = self.alias(seen=SEEN).filter(nobody_looked(now), recent, ~overtaken)
        told = told.order_by("promotion__registered_model__name")
        return told.select_related("promotion__registered_model", "promotion__version__signature")


class Watch(models.Model):
    """One promotion, from going live to the end of its bake time: made in the promotion's transaction."""

    class Status(models.TextChoices):
        OPEN = "open"
        PASSED = "passed", "passed: nothing got worse"
        ROLLED_BACK = "rolled_back", "rolled back"
        HELD = "held", "got worse, but automatic promotion is paused"
        OVERTAKEN = "overtaken", "replaced by another promotion"
        UNSEEN = "unseen", "not watched: no scheduler looked, or there was no request"

    promotion = models.OneToOneField(Promotion, PROTECT, related_name="watch")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    until = models.DateTimeField(help_text="When the watch ends.")
    counted_until = models.DateTimeField(help_text="The evidence covers what happened until then.")
    limits = models.JSONField(help_text="Significance level and tolerances of the policy at the promotion.")
    evidence = models.JSONField(default=dict, blank=True, help_text="What was measured before and after it.")
    gaps = models.JSONField(default=list, blank=True, help_text="Periods in which no scheduler looked at it.")
    reason = models.TextField(blank=True)
    run = models.OneToOneField(Run, PROTECT, null=True, blank=True, help_text="The last run that acted.")
    roll_back = models.OneToOneField(Promotion, PROTECT, null=True, blank=True, related_name="rolled_back_by")
    opened_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        verbose_name_plural = "watches"
        constraints = rules(
            a_watch_that_ended_says_when_and_why=Q(status="open", closed_at__isnull=True)
            | ~Q(status="open") & Q(closed_at__isnull=False) & ~Q(reason=""),
            only_a_watch_that_rolled_back_has_a_roll_back=Q(status="rolled_back", roll_back__isnull=False)
            | ~Q(status="rolled_back") & Q(roll_back__isnull=True),
        )
        indexes = [Index(fields=["status"], name="watch_status")]

    def __str__(self) -> str:
        return f"watch of {self.promotion}"

    @property
    def seen_at(self) -> datetime:
        """When it was last looked at; before the first look, when it went live."""
        return self.looked_at or self.promotion.at

    def gaps_at(self, now: datetime) -> list[list[str]]:
        if now - self.seen_at <= PATIENCE:
            return self.gaps
        return [*self.gaps, [self.seen_at.isoformat(), now.isoformat()]]

    def gap_over(self, moment: datetime, *, now: datetime) -> tuple[datetime, datetime] | None:
        gaps = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in self.gaps_at(now)]
        return next((gap for gap in gaps if gap[0] < moment <= gap[1]), None)

    def overtaken_by(self) -> Promotion | None:
        rows = Promotion.objects.filter(registered_model=self.promotion.registered_model_id)
        return rows.filter(sequence__gt=self.promotion.sequence).order_by("sequence").first()

    def is_over(self, now: datetime) -> bool:
        """Whether the bake time is over; after a gap the ingester gets a block's time to catch up."""
        if now < self.until + SETTLED:
            return False
        gap = self.gap_over(self.until, now=now)
        return gap is None or now >= gap[1] + BLOCK or self._log_reaches(self.until, now=now)

    def is_due(self, now: datetime) -> bool:
        """Whether a look would find something: the cheap question, asked of rows alone."""
        if self.run and self.run.is_unfinished:
            return False
        if not self.evidence or self.overtaken_by() or self.is_over(now):
            return True
        end = self.counted_until + BLOCK
        return end <= min(self.until, now - SETTLED) and self._log_reaches(end, now=now)

    def _log_reaches(self, moment: datetime, *, now: datetime) -> bool:
        """Whether the log tells of the version at this moment or later, and not of a time to come."""
        version, latest = self.promotion.version_id, now + A_LITTLE
        counts = RequestCount.objects.filter(model_version=version, block__gte=moment - BLOCK)
        predictions = Prediction.objects.filter(model_version=version).since(moment).before(latest)
        return predictions.exists() or counts.filter(counted_until__range=(moment, latest)).exists()

    def warning_at(self, now: datetime) -> str:
        """What is wrong and what to do, if it was not looked at in time; else empty."""
        if self.status == self.Status.UNSEEN:
            return self.reason
        if self.status != self.Status.OPEN or now - self.seen_at <= PATIENCE:
            return ""
        return (
            f"{self.promotion.version.label} went live at {to_minute(self.promotion.at)}, but has "
            f"not been watched since {to_minute(self.seen_at)}. Check that a scheduler is running."
        )

    @property
    def warning(self) -> str:
        return self.warning_at(timezone.now())
