"""Rows of the scheduler, made by hand."""

from django.utils import timezone

from predictions.models.promotion import live_promotion
from scheduling.evidence.outcomes import Decision
from scheduling.judging.judge import conclude, judge
from scheduling.models import Run, Schedule
from scheduling.runs.parcels import Parcel

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


def make_parcel(content=b"PK\x03\x04", *, name="file", filename="ours.skops"):
    """A file in quarantine that a run is about to take."""
    sent = Parcel(is_taken=True)
    sent.keep(name, [content], filename=filename)
    return sent


def make_schedule(model, **columns):
    """A schedule that fires every minute."""
    defaults = {"name": "each minute", "task": "validate", "trigger": "interval", "every_seconds": 60}
    return Schedule.objects.create(registered_model=model, **defaults | columns)


def make_judged(model, candidate):
    """A run that judged `candidate`."""
    run = make_running(model)
    judge(run, candidate)
    run.refresh_from_db()
    return run


def make_awaiting(model, candidate, **columns):
    """A run that ended awaiting a person's approval of `candidate`."""
    evaluation = model.datasets.filter(role="evaluation").first()
    run = make_running(model, candidate=candidate, evaluation_dataset=evaluation, **columns)
    decision = Decision(kind="awaiting_approval", reason="Better than the champion.")
    conclude(run, decision, candidate=candidate, replacing=live_promotion(model))
    run.refresh_from_db()
    return run
