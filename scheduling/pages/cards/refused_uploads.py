"""Uploads of the last day that did not become a version."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, Max, OuterRef, Subquery

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


def with_refused_uploads(models: Any, now: datetime) -> Any:
    """Annotate how many were refused lately, the newest of them, and the newest that became a version."""
    lately = Run.objects.filter(
        registered_model=OuterRef("pk"), task=TaskName.UPLOAD, finished_at__gte=now - DAY
    ).order_by()
    refused = lately.filter(status=Run.Status.FAILED, candidate=None)

    def of(rows: Any, value: Aggregate) -> Subquery:
        return Subquery(rows.values("registered_model").annotate(value=value).values("value"))

    return models.annotate(
        refused_uploads=of(refused, Count("pk")),
        newest_refused=of(refused, Max("pk")),
        newest_taken=of(lately.exclude(candidate=None), Max("pk")),
    )


def newest_refused(model: Any) -> int | None:
    """Return the id of the newest; None where a later upload became a version."""
    newest: int | None = model.newest_refused
    return newest if newest and newest > (model.newest_taken or 0) else None
