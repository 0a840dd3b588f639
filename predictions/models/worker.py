"""What web workers report: what each serves; requests of each version by caller, five minutes and worker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import PROTECT, Index, Q
from django.utils import timezone

from predictions.models.base import LONGEST_NAME, rules
from predictions.models.model_version import ModelVersion
from predictions.zone import to_minute

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


CHANGING = (
    "answered", "refused", "failed", "both_failed", "only_failed", "last_error", "latencies", "counted_until",
)  # fmt: skip
BLOCK = timedelta(minutes=5)  # they begin at whole five minutes of UTC


def block_of(moment: float) -> datetime:
    """Return the start of the block that a time, in seconds since 1970, is in."""
    return datetime.fromtimestamp(moment // BLOCK.total_seconds() * BLOCK.total_seconds(), tz=UTC)


@dataclass(kw_only=True)
class Requests:
    """The sum of several counts. Refused requests are the client's fault and not counted here."""

    answered: int = 0
    failed: int = 0
    both_failed: int = 0
    only_failed: int = 0
    latencies: dict[int, Counter[int]] = field(default_factory=dict)  # by size and step

    def add(self, count: RequestCount) -> None:
        for name in ("answered", "failed", "both_failed", "only_failed"):
            setattr(self, name, getattr(self, name) + getattr(count, name))
        for size, steps in count.latencies.items():
            counted = {int(step): requests for step, requests in steps.items()}
            self.latencies.setdefault(int(size), Counter()).update(counted)


class RequestCountQuerySet(models.QuerySet["RequestCount"]):
    """Questions about many counts."""

    def ended_in(self, since: datetime, until: datetime) -> RequestCountQuerySet:
        """Those of blocks that ended after `since`, at `until` at the latest."""
        return self.filter(block__gt=since - BLOCK, block__lte=until - BLOCK)

    def by_block_and_caller(self) -> dict[datetime, dict[str, Requests]]:
        """All of them, added up over the workers; blocks without a row are absent."""
        sums: dict[datetime, dict[str, Requests]] = {}
        for count in self.order_by("block").iterator():
            sums.setdefault(count.block, {}).setdefault(count.who, Requests()).add(count)
        return sums

    def bring_in(self, counts: list[RequestCount]) -> None:
        """Insert counts, or bring those that are there up to date: the last of each id stands."""
        newest: list[Any] = list({count.pk: count for count in counts}.values())
        self.bulk_create(newest, update_conflicts=True, unique_fields=["id"], update_fields=CHANGING)


class RequestCount(models.Model):
    """One caller of one version in one block in one worker. All requests count, whatever the log rate."""

    id = models.UUIDField(primary_key=True, editable=False)
    model_version = models.ForeignKey(ModelVersion, PROTECT, related_name="request_counts", db_index=False)
    who = models.CharField(
        "caller", max_length=LONGEST_NAME, blank=True, help_text="The token's user, if any."
    )
    block = models.DateTimeField(help_text="The start of the five minutes.")
    answered = models.PositiveBigIntegerField(help_text="Requests answered with a prediction.")
    refused = models.PositiveBigIntegerField(help_text="Requests with invalid input (4xx).")
    failed = models.PositiveBigIntegerField(
        help_text="Requests on which the version failed: an error, or an answer that is not finite."
    )
    both_failed = models.PositiveBigIntegerField(
        default=0, help_text="Failed requests that the version before could not answer either."
    )
    only_failed = models.PositiveBigIntegerField(
        default=0, help_text="Failed requests that the version before did answer."
    )
    last_error = models.CharField(max_length=300, blank=True, help_text="The error of the last failure.")
    latencies = models.JSONField(
        default=dict,
        help_text="Answered requests by size (1: one row, 2: two or three rows, n: less than 2^n rows) and "
        "by validation and model time (n: less than 2^((n + 1) / 8) microseconds).",
    )
    counted_until = models.DateTimeField(help_text="The counts include requests until this moment.")

    objects = RequestCountQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]  # they begin with the time
        indexes = [Index(fields=["model_version", "block"], name="requests_of_version")]

    def __str__(self) -> str:
        return f"{self.model_version} from {to_minute(self.block)}"
