"""The watch over one flip: what it compares with, what it has seen, and how it ended."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from predictions.models import Promotion, RegisteredModel


class WatchQuerySet(models.QuerySet["Watch"]):
    """Questions about many watches; each change of an open one is one guarded update."""

    def open(self, registered_model: RegisteredModel | None = None) -> WatchQuerySet:
        """Those that may still change, of one model or of all."""
        waiting = self.filter(status=Watch.Status.OPEN)
        if registered_model is not None:
            waiting = waiting.filter(promotion__registered_model=registered_model)
        return waiting

    def note(self, watch: Watch, **columns: Any) -> bool:
        """Write what was seen; False where it is closed, or another look was first."""
        mine = self.open().filter(pk=watch.pk, counted_until=watch.counted_until)
        return bool(mine.update(looked_at=timezone.now(), **columns))

    def close(self, watch: Watch, *, status: str, reason: str, **columns: Any) -> bool:
        """From open to how it ended; False where it is closed, or another look was first."""
        return self.note(watch, status=status, reason=reason, closed_at=timezone.now(), **columns)


class Watch(models.Model):
    """One flip, from going live to the end of its bake time. Written by `scheduling.watch.watches` only."""

    class Status(models.TextChoices):
        """How it stands; all but the first are final."""

        OPEN = "open"
        PASSED = "passed", "passed: nothing got worse"
        ROLLED_BACK = "rolled_back", "rolled back"
        HELD = "held", "worse, but a person holds the model"
        OVERTAKEN = "overtaken", "overtaken by another flip"

    promotion = models.OneToOneField(Promotion, on_delete=models.PROTECT, related_name="watch")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    until = models.DateTimeField(help_text="The end of the bake time.")
    counted_until = models.DateTimeField(help_text="What happened before this is in the evidence.")
    limits = models.JSONField(help_text="Alpha and tolerances, as the policy had them at the flip.")
    evidence = models.JSONField(help_text="By rule: what was before, and what was seen since.")
    reason = models.TextField(blank=True)
    roll_back = models.OneToOneField(
        Promotion, on_delete=models.PROTECT, null=True, blank=True, related_name="rolled_back_by"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "watches"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True)
                | ~Q(status="open") & Q(closed_at__isnull=False) & ~Q(reason=""),
                name="a_watch_that_ended_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(status="rolled_back", roll_back__isnull=False)
                | ~Q(status="rolled_back") & Q(roll_back__isnull=True),
                name="only_a_watch_that_rolled_back_has_a_roll_back",
            ),
        ]

    def __str__(self) -> str:
        return f"watch of {self.promotion}"
