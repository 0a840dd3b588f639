"""What is done to a run's row besides its task: requested, cancelled, noted, locked, interrupted."""

import logging
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from predictions import database
from predictions.contract.storable import storable
from predictions.models.people.access import May
from predictions.models.worker import BLOCK
from scheduling.models import Run, Schedule, Watch
from scheduling.models.run import RunQuerySet
from scheduling.models.schedule import JUDGES, TaskName
from scheduling.runs import quarantine

log = logging.getLogger("scheduling.runs.transitions")
NOT_OURS = "{run} is no longer running in this process."
MOST_ATTEMPTS = 3  # a run that kills its scheduler must not do so for ever

# What a caller may ask for by name, and the permission each needs.
REQUESTABLE = {
    TaskName.RETRAIN: May.REQUEST_RUN,
    TaskName.VALIDATE: May.VALIDATE,
    TaskName.PRUNE: May.REQUEST_RUN,
    TaskName.SIMULATE: May.REQUEST_RUN,
}


class RunEnded(Exception):
    """The run has ended: there is nothing to cancel."""


class RunFenced(Exception):
    """The run is no longer this process's to write: it was cancelled, interrupted or taken over."""


def act_on(watch: Watch, *, now: datetime) -> Run | None:
    """Queue the run that acts on what a look found; None where one has been queued for it just now.

    A run that was interrupted is followed at once, any other that changed nothing by one in each block.
    """
    with database.atomic():
        mine = Watch.objects.select_for_update(of=("self",)).open().filter(pk=watch.pk)
        row = mine.select_related("run").first()
        if row is None:
            return None
        if (run := row.run) and run.status != Run.Status.INTERRUPTED:
            is_new = now - run.created_at < BLOCK
            if run.is_unfinished or is_new:
                return None
        origin: Any = {"trigger": Run.Trigger.WATCH, "requested_by": str(watch)}
        model = watch.promotion.registered_model
        row.run = Run.objects.enqueue(task=TaskName.WATCH, registered_model=model, **origin)
        row.save(update_fields=["run"])
        return row.run


def cancel_run(run: Run, *, by: str) -> None:
    """Cancel a run; the scheduler stops its child and all that it started. Raises `RunEnded`."""
    if not Run.objects.cancel(run, reason=f"Cancelled by {by}."):
        raise RunEnded(f"Run {run.pk} has already ended, so it cannot be cancelled.")
    quarantine.remove(run)
    log.info("run=%s: cancelled by %s", run.pk, by)


def note(run: Run, **columns: Any) -> None:
    """Write facts of the work so far to a run that is still ours. Raises `RunFenced`."""
    if not _ours(run).update(**storable(columns)):
        raise RunFenced(NOT_OURS.format(run=run))


def fail(run: Run, why: str, *, what: str = "Not promoted", traceback: str = "") -> None:
    """Close a run that broke; `what` is the outcome for one that judges. The others never decide anything."""
    outcome, decision = (what, Run.Decision.BLOCKED) if run.task in JUDGES else ("Failed", "")
    ended = {"status": Run.Status.FAILED, "decision": decision, "traceback": traceback}
    Run.objects.close(run, reason=f"{outcome}: {why}", **ended)


def finish(run: Run, reason: str, *, keep: Model | None = None) -> None:
    """Close a run that did its work, and save what it found in the same moment. Raises `RunFenced`."""
    with database.atomic():
        if keep is not None:
            lock(run)
            keep.save(force_insert=True)
        Run.objects.close(run, status=Run.Status.FINISHED, reason=reason)


def lock(run: Run) -> None:
    """Lock the row of a run that is still ours, to the end of the transaction. Raises `RunFenced`."""
    if _ours(run).select_for_update().first() is None:
        raise RunFenced(NOT_OURS.format(run=run))


def _ours(run: Run) -> RunQuerySet:
    return Run.objects.running().filter(pk=run.pk, epoch=run.epoch)


def interrupt(runs: QuerySet[Run], *, reason: str) -> int:
    """Close those of `runs` that are running; queue a new run where the schedule says so; return how many."""
    with database.atomic():
        left = runs.filter(status=Run.Status.RUNNING).select_related("schedule").order_by("pk")
        interrupted = [run for run in left if Run.objects.interrupt(run, reason=reason)]
        for run in interrupted:
            policy = run.schedule.after_interruption if run.schedule else None
            if policy == Schedule.AfterInterruption.QUEUE_AGAIN and run.attempt < MOST_ATTEMPTS:
                same = ("task", "registered_model", "schedule", "schedule_name", "parameters")
                Run.objects.enqueue(
                    **{name: getattr(run, name) for name in same}, trigger=Run.Trigger.RETRY,
                    requested_by=f"schedule {run.schedule_name}", attempt=run.attempt + 1, retry_of=run,
                )  # fmt: skip
    return len(interrupted)
