"""The run of a schedule that fires: one, however many triggers fire together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from predictions.models import RegisteredModel
from scheduling.models import Run, Schedule
from scheduling.models.run import RunQuerySet
from scheduling.models.schedule import TaskName


def queue_occurrence(schedule: Schedule, due: datetime) -> Run:
    """Return the one run of this occurrence: cancelled where an earlier run does the same work.

    Call in a transaction.
    """
    _lock(schedule)
    others = Run.objects.exclude(schedule=schedule, scheduled_for=due)
    before = others.queued().filter(schedule=schedule).first()
    reason = f"Not queued: run {before.pk} of this schedule is still waiting." if before else ""
    if not before and (before := retraining_of(schedule).exclude(schedule=schedule).first()):
        reason = f"Not queued: run {before.pk} retrains the model already ({before.status})."
    return Run.objects.enqueue(**asked_by(schedule), scheduled_for=due, instead=reason)


def queue_found(schedule: Schedule, *, why: str) -> tuple[Run, bool]:
    """Return the run for what a look found, and whether it is new: one that is unfinished does the same.

    Call in a transaction.
    """
    _lock(schedule)
    if before := retraining_of(schedule).first():
        return before, False
    return Run.objects.enqueue(**asked_by(schedule), notes=[why]), True


def retraining_of(schedule: Schedule) -> RunQuerySet:
    """The unfinished runs, whoever asked for them, that retrain the model; none for another task."""
    if schedule.task != TaskName.RETRAIN:
        return Run.objects.none()
    model = schedule.registered_model_id
    return Run.objects.unfinished().filter(task=TaskName.RETRAIN, registered_model=model).order_by("pk")


def asked_by(schedule: Schedule) -> dict[str, Any]:
    """Return the columns of a run that say which schedule asked for it, and for what."""
    asked = {"task": schedule.task, "registered_model": schedule.registered_model}
    origin = {"trigger": Run.Trigger.SCHEDULE, "requested_by": f"schedule {schedule.name}"}
    return {"schedule": schedule, "schedule_name": schedule.name, **asked, **origin}


def _lock(schedule: Schedule) -> None:
    """Two triggers of one model see one another's run."""
    RegisteredModel.objects.select_for_update(no_key=True).get(pk=schedule.registered_model_id)
