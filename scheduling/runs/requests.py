"""How people and programs ask for a run, and call one off: the verbs behind the admin and the API."""

import logging
from datetime import datetime

from django.db import transaction

from predictions.models.request_count import BLOCK
from scheduling.models import Run, Watch
from scheduling.models.schedule import TaskName
from scheduling.runs import quarantine

log = logging.getLogger("scheduling.runs.requests")

# What a caller may ask for by name, and the permission each needs.
REQUESTABLE = {
    TaskName.RETRAIN: "scheduling.request_run",
    TaskName.VALIDATE: "scheduling.validate_version",
    TaskName.PRUNE: "scheduling.request_run",
}


class RunEnded(Exception):
    """The run has ended: there is nothing to cancel."""


def act_on(watch: Watch, *, now: datetime) -> Run | None:
    """Queue the run that acts on what a look found; None where one has been queued for it just now.

    A run that was interrupted is followed at once, any other that changed nothing by one in each block.
    """
    with transaction.atomic():
        mine = Watch.objects.select_for_update(of=("self",)).open().filter(pk=watch.pk)
        row = mine.select_related("run").first()
        if row is None:
            return None
        run = row.run
        if (
            run
            and run.status != Run.Status.INTERRUPTED
            and (run.is_unfinished or now - run.created_at < BLOCK)
        ):
            return None
        row.run = Run.objects.enqueue(
            task=TaskName.WATCH,
            registered_model=watch.promotion.registered_model,
            trigger=Run.Trigger.WATCH,
            requested_by=str(watch),
        )
        row.save(update_fields=["run"])
        return row.run


def cancel_run(run: Run, *, by: str) -> None:
    """Cancel a run that has not ended: the scheduler stops its child and all that it started.

    Raises `RunEnded`.
    """
    if not Run.objects.cancel(run, reason=f"Cancelled by {by}."):
        raise RunEnded(f"Run {run.pk} has already ended, so it cannot be cancelled.")
    quarantine.remove(run)
    log.info("run=%s: cancelled by %s", run.pk, by)
