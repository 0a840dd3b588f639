"""Uploads of the last day that did not become a version, by model: one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from predictions.contract.numbers import counted
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.pages.cards.reasons import as_sentence, first_sentence

DAY = timedelta(days=1)
NOT_PROMOTED = "Not promoted: "  # which an upload need not be told


@dataclass(frozen=True, kw_only=True)
class RefusedUploads:
    """How many, and the newest."""

    count: int
    newest: Run

    @property
    def sentence(self) -> str:
        were = "was" if self.count == 1 else "were"
        why = as_sentence(first_sentence(self.newest.reason.removeprefix(NOT_PROMOTED)))
        return f"{counted(self.count, 'upload')} of the last day {were} refused. The newest says: {why}"


def refused_lately(models: Collection[int], now: datetime) -> dict[int, tuple[int, int]]:
    """Return how many and the id of the newest; of no model whose newest upload became a version."""
    lately = Run.objects.filter(registered_model__in=models, task=TaskName.UPLOAD, finished_at__gte=now - DAY)
    refused = Q(status=Run.Status.FAILED, candidate=None)
    rows = lately.order_by().values("registered_model").annotate(
        count=Count("pk", filter=refused), newest=Max("pk", filter=refused),
        taken=Max("pk", filter=Q(candidate__isnull=False)),
    )  # fmt: skip
    return {
        row["registered_model"]: (row["count"], row["newest"])
        for row in rows
        if row["count"] and row["newest"] > (row["taken"] or 0)
    }
