"""Runs whose scheduler is gone or was stopped: marked as interrupted, and queued again where wanted."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from scheduling.models import Run, Schedule

MOST_ATTEMPTS = 3  # a run that kills its scheduler must not do so for ever


def interrupt(runs: QuerySet[Run], *, reason: str) -> int:
    """Close those of `runs` that are running; return how many.

    A run whose schedule says so is queued again in the same transaction, as a run of its own that
    names the one it repeats.
    """
    with transaction.atomic():
        left = runs.filter(status=Run.Status.RUNNING).select_related("schedule").order_by("pk")
        interrupted = [run for run in left if Run.objects.interrupt(run, reason=reason)]
        for run in interrupted:
            if _is_wanted_again(run):
                _queue_again(run)
    return len(interrupted)


def _is_wanted_again(run: Run) -> bool:
    policy = run.schedule.after_interruption if run.schedule else None
    return policy == Schedule.AfterInterruption.QUEUE_AGAIN and run.attempt < MOST_ATTEMPTS


def _queue_again(run: Run) -> Run:
    return Run.objects.create(
        task=run.task,
        registered_model=run.registered_model,
        schedule=run.schedule,
        schedule_name=run.schedule_name,
        trigger=Run.Trigger.RETRY,
        requested_by=f"schedule {run.schedule_name}",
        parameters=run.parameters,
        attempt=run.attempt + 1,
        retry_of=run,
    )
