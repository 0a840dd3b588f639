"""Rows of the scheduler, made by hand."""

from django.utils import timezone

from scheduling.models import Run, Schedule

EPOCH = 7


def make_run(model, **columns):
    """A run that waits."""
    return Run.objects.create(
        **{"task": "validate", "registered_model": model, "trigger": Run.Trigger.MANUAL} | columns
    )


def make_running(model, **columns):
    """A run that the leader of `EPOCH` has claimed."""
    now = timezone.now()
    return make_run(model, **{"status": Run.Status.RUNNING, "epoch": EPOCH, "started_at": now} | columns)


def make_schedule(model, **columns):
    """A schedule that fires every minute."""
    defaults = {"name": "each minute", "task": "validate", "trigger": "interval", "every_seconds": 60}
    return Schedule.objects.create(registered_model=model, **defaults | columns)
