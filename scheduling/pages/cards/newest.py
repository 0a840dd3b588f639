"""The newest rows of each model, and the times that come next: a fixed number of queries for all models."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from predictions.models import Dataset, Promotion
from scheduling.engine.scheduler_state import next_times
from scheduling.models import Run, Schedule
from scheduling.models.schedule import TaskName
from scheduling.pages.measured.judged import with_newest_judged

POINTS = 12  # of the sparkline of the metric
_BRINGS = (TaskName.RETRAIN, TaskName.VALIDATE)


def with_newest(models: Any) -> Any:
    """Annotate the newest promotion, evaluation set and runs: each is a look into an index."""

    def of(rows: Any, *order: str) -> Subquery:
        return Subquery(rows.filter(registered_model=OuterRef("pk")).order_by(*order).values("pk")[:1])

    ended = Run.objects.filter(task=TaskName.RETRAIN).exclude(status__in=["queued", "running"])
    working = Run.objects.filter(status=Run.Status.RUNNING).exclude(task=TaskName.WATCH)
    return with_newest_judged(models.select_related("policy"), POINTS).annotate(
        newest_flip=of(Promotion.objects.all(), "-sequence"),
        newest_set=of(Dataset.objects.filter(role=Dataset.Role.EVALUATION), "-pk"),
        last_retrain=of(ended, "-pk"),
        at_work=of(working, "pk"),
    )


def next_of_each(models: Sequence[int], now: datetime) -> dict[int, tuple[datetime, str]]:
    """When something that can bring a new version runs next, by model, and what."""
    rows = Schedule.objects.enabled().filter(registered_model__in=models, task__in=_BRINGS).with_job()
    found: dict[int, tuple[datetime, str]] = {}
    for schedule in rows:
        for at in next_times(schedule, now=now, count=1):
            before = found.get(schedule.registered_model_id)
            if before is None or at < before[0]:
                found[schedule.registered_model_id] = at, schedule.get_task_display()
    return found
