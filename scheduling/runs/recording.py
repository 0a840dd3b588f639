"""What is written to a run's row while it works, and when nobody works on it any more."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from scheduling.models import Run, Schedule
from scheduling.models.run import RunQuerySet

MOST_ATTEMPTS = 3  # a run that kills its scheduler must not do so for ever


class RunFenced(Exception):
    """The run is no longer this process's to write: it was cancelled, interrupted or taken over."""


def note(run: Run, **columns: Any) -> None:
    """Write facts of the work so far to a run that is still ours. Raises `RunFenced`."""
    if not _ours(run).update(**columns):
        raise _fenced(run)


def lock(run: Run) -> None:
    """Lock the row of a run that is still ours, to the end of the transaction. Raises `RunFenced`."""
    if _ours(run).select_for_update().first() is None:
        raise _fenced(run)


def _ours(run: Run) -> RunQuerySet:
    return Run.objects.running().filter(pk=run.pk, epoch=run.epoch)


def _fenced(run: Run) -> RunFenced:
    return RunFenced(f"{run} is no longer running in this process.")


def interrupt(runs: QuerySet[Run], *, reason: str) -> int:
    """Close those of `runs` that are running; return how many.

    A run whose schedule says so is queued again in the same transaction, as a run of its own that
    names the one it repeats.
    """
    with transaction.atomic():
        left = runs.filter(status=Run.Status.RUNNING).select_related("schedule").order_by("pk")
        interrupted = [run for run in left if Run.objects.interrupt(run, reason=reason)]
        for run in interrupted:
            policy = run.schedule.after_interruption if run.schedule else None
            if policy == Schedule.AfterInterruption.QUEUE_AGAIN and run.attempt < MOST_ATTEMPTS:
                Run.objects.enqueue(
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
    return len(interrupted)
