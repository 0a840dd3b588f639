"""Whether data or losses have changed: as a judged run or the watch saw it, or else by the prediction log."""

from __future__ import annotations

from datetime import datetime

import msgspec

from predictions.models import Prediction, RegisteredModel
from predictions.models.prediction import first_id_at
from scheduling.checks.drift.feature_drift import FeatureDrift
from scheduling.checks.drift.label_drift import LabelDrift
from scheduling.evidence.outcomes import Level
from scheduling.models import CheckResult, Run, Watch
from scheduling.retraining.finding import Finding
from scheduling.watch.rules import Rules

CHECKS = (FeatureDrift.id, LabelDrift.id)


def drift_of(model: RegisteredModel, *, since: datetime | None, looked_at: datetime | None) -> Finding:
    """Return what the three say, the cheapest first. Only what came after `since` is a reason.

    The log is read where requests came after `looked_at`.
    """
    from scheduling.retraining.logged_drift import by_log  # pandas, only where it is needed

    if (found := _by_run(model, since)).fires or (losses := _by_watch(model, since)).fires:
        return found if found.fires else losses
    if not _was_asked(model, looked_at):
        log = Finding(sentence="No request came since the last look.")
    elif (log := by_log(model)).fires:
        return log
    return Finding(sentence=f"{found.sentence} {losses.sentence} {log.sentence}")


def _by_run(model: RegisteredModel, since: datetime | None) -> Finding:
    """The newest run that asked the checks of drift; an older one knew less."""
    asked = CheckResult.objects.filter(run__registered_model=model, check_id__in=CHECKS).order_by("-run_id")
    newest = Run.objects.filter(pk__in=asked.values("run_id")[:1]).first()
    if newest is None or newest.finished_at is None or (since and newest.finished_at <= since):
        return Finding(sentence="No run was judged since.")
    failed = newest.results.filter(check_id__in=CHECKS, level=Level.FAIL).first()
    if failed is None:
        return Finding(sentence=f"Run {newest.pk} saw no drift.")
    return Finding(sentence=f"Run {newest.pk} saw drift ({failed.check_id}): {failed.message}", fires=True)


def _by_watch(model: RegisteredModel, since: datetime | None) -> Finding:
    """The rule of the losses on true labels, of the newest watch that was looked at since."""
    watch = Watch.objects.filter(promotion__registered_model=model).exclude(evidence={}).first()
    if watch is None or (since and watch.seen_at <= since):
        return Finding(sentence="No watch was looked at since.")
    labels, limits = msgspec.convert(watch.evidence, Rules).labels, watch.limits
    finding = labels.finding(alpha=limits["alpha"], tolerance=limits["loss_tolerance"])
    if finding is None:
        return Finding(sentence=f"The {watch} sees no rising loss.")
    return Finding(sentence=f"The {watch} sees the loss rising: {finding.sentence}", fires=True)


def _was_asked(model: RegisteredModel, looked_at: datetime | None) -> bool:
    asked = Prediction.objects.filter(registered_model=model)
    return (asked.filter(pk__gte=first_id_at(looked_at)) if looked_at else asked).exists()
