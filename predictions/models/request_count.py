"""How many requests each version answered, refused and failed, by five minutes and worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models

from predictions.models.model_version import ModelVersion

BLOCK = timedelta(minutes=5)  # they begin at whole five minutes of UTC


def block_of(moment: float) -> datetime:
    """Return the start of the block that a time, in seconds since 1970, is in."""
    return datetime.fromtimestamp(moment // BLOCK.total_seconds() * BLOCK.total_seconds(), tz=UTC)


class RequestCountQuerySet(models.QuerySet["RequestCount"]):
    """Questions about many counts."""

    def ended_in(self, since: datetime, until: datetime) -> RequestCountQuerySet:
        """Those of blocks that ended after `since`, at `until` at the latest."""
        return self.filter(block__gt=since - BLOCK, block__lte=until - BLOCK)

    def failed_of_all(self) -> tuple[int, int]:
        """Requests that failed, and all that reached a version: what is refused is the client's."""
        sums: dict[str, Any] = self.aggregate(
            failed=models.Sum("failed", default=0), answered=models.Sum("answered", default=0)
        )
        return sums["failed"], sums["failed"] + sums["answered"]

    def bring_in(self, counts: list[RequestCount]) -> None:
        """Insert counts, or bring those that are there up to date: the last of each id stands."""
        newest: dict[Any, Any] = {count.pk: count for count in counts}
        self.bulk_create(
            list(newest.values()),
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["answered", "refused", "failed", "last_error", "counted_until"],
        )


class RequestCount(models.Model):
    """One version in one block in one worker. Written by `log.ingester` only, removed by age only.

    All requests are counted, whatever share of them the model's log rate puts into the prediction log.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="request_counts", db_index=False
    )
    block = models.DateTimeField(help_text="When its five minutes begin.")
    answered = models.PositiveBigIntegerField(help_text="With a prediction.")
    refused = models.PositiveBigIntegerField(help_text="For what the client sent: 4xx.")
    failed = models.PositiveBigIntegerField(
        help_text="By the version: an error, or an answer that is no finite number."
    )
    last_error = models.CharField(max_length=300, blank=True, help_text="Of the last request that failed.")
    counted_until = models.DateTimeField(help_text="The last moment that is in the counts.")

    objects = RequestCountQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]  # they begin with the time
        indexes = [models.Index(fields=["model_version", "block"], name="requests_of_version")]

    def __str__(self) -> str:
        return f"{self.model_version} from {self.block:%Y-%m-%d %H:%M}"
