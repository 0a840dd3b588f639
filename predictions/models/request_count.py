"""How many requests each version answered, refused and failed: by caller, five minutes and worker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import PROTECT, Index

from predictions.models.model_version import ModelVersion

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
        "caller", max_length=150, blank=True, help_text="The token's user; empty for callers without a token."
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
    last_error = models.CharField(
        max_length=300, blank=True, help_text="The error of the last failed request."
    )
    latencies = models.JSONField(
        default=dict,
        help_text="Answered requests by size (1: one row, 2: two or three rows, n: less than 2^n rows) and "
        "by validation and model time (n: less than 2^((n + 1) / 8) microseconds).",
    )
    counted_until = models.DateTimeField(help_text="The counts include requests until this moment.")

    objects = RequestCountQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]  # they begin with the time
        indexes = [Index(fields=["model_version", "block"], name="requests_of_version")]

    def __str__(self) -> str:
        return f"{self.model_version} from {self.block:%Y-%m-%d %H:%M}"
