"""What each web worker serves, as it reports itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from predictions.models.base import rules

SEEN_EVERY = timedelta(seconds=5)
GONE_AFTER = timedelta(seconds=30)


class WorkerQuerySet(models.QuerySet["Worker"]):
    """Questions about many workers."""

    def alive(self) -> WorkerQuerySet:
        """Those that reported lately, and by a right clock: else one that is gone would live on."""
        return self.filter(_is_alive())

    def lagging(self, model: str, label: str) -> WorkerQuerySet:
        late = [worker.pk for worker in self.alive() if worker.serves.get(model) != label]
        return self.filter(pk__in=late)

    def gone(self) -> WorkerQuerySet:
        return self.exclude(_is_alive())


def _is_alive() -> Q:
    now = timezone.now()
    return Q(seen_at__gt=now - GONE_AFTER, seen_at__lt=now + GONE_AFTER)


class Worker(models.Model):
    """One process of the web tier; only its follower writes the row."""

    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    process_start = models.CharField(
        max_length=20, blank=True, help_text="In ticks of the kernel. It tells processes of one number apart."
    )
    serves = models.JSONField(default=dict, help_text="By model: the label of the version.")
    problems = models.JSONField(
        default=dict, blank=True, help_text="By model: why it does not serve the live version."
    )
    log_problem = models.CharField(
        max_length=300, blank=True, help_text="Why predictions are not logged, and how many were lost."
    )
    since = models.DateTimeField(help_text="When it began to serve these versions.")
    began = models.JSONField(default=dict, help_text="By model: when it began to serve the version.")
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["host", "pid"]
        constraints = rules(one_row_per_worker=["host", "pid"])

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"

    @property
    def problem(self) -> str:
        return "; ".join(self.problems.values())
