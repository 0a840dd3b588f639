"""What runs of older versions did not record, from what they did; each guess is told in `assumed`."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Max

from predictions.models import Dataset
from scheduling.checks.evaluation_metrics import EvaluationMetrics
from scheduling.checks.slices import Slices
from scheduling.judging.drift_samples import LABELLED_LOG, PREDICTION_LOG
from scheduling.judging.gate import Decision
from scheduling.models import CheckResult, HoldOut, Look, Run
from scheduling.rehearsal import RehearsalFailed
from scheduling.rehearsal.serialised import FAILURES, Partial
from scheduling.replay.files import NotReplayable

Outcomes = dict[str, CheckResult]
NOT_FLIPPED = re.compile(r"It would have gone live \((.*)\), but was not: .*", re.DOTALL)
UNKNOWN_REHEARSAL = Partial()


def decision(run: Run, assumed: list[str]) -> Decision:
    """The gate's, of a run that noted only what became of it."""
    if hasattr(run, "approval_request"):
        return Decision(kind=Run.Decision.AWAITING_APPROVAL, reason=run.reason)
    refused = NOT_FLIPPED.fullmatch(run.reason)
    if refused is None:
        return Decision(kind=run.decision, reason=run.reason)
    assumed.append("the gate's decision, by the reason of why the flip was refused")
    return Decision(kind=Run.Decision.PROMOTED, reason=refused[1])


def training(run: Run, assumed: list[str]) -> Dataset:
    """What the candidate was trained on; else the newest set of then."""
    assert run.candidate is not None
    chosen = run.candidate.training_dataset or _newest(run, Dataset.Role.TRAINING)
    if chosen is None:
        raise NotReplayable("No training set is older than the run: restore the database of then.")
    if run.candidate.training_dataset is None:
        assumed.append(f"the training set was the newest of then: {chosen}")
    return chosen


def reference(run: Run, assumed: list[str]) -> Dataset | None:
    """The newest set of then in that role."""
    chosen = _newest(run, Dataset.Role.REFERENCE)
    if chosen is not None:
        assumed.append(f"the reference set was the newest of then: {chosen}")
    return chosen


def _newest(run: Run, role: str) -> Dataset | None:
    then = Dataset.objects.filter(created_at__lte=run.started_at or run.created_at)
    return then.current(run.registered_model, role)


def slices(outcomes: Outcomes, assumed: list[str]) -> dict[str, str]:
    """Those that the check of slices was asked."""
    found = outcomes[Slices.id].details.get("named", []) if Slices.id in outcomes else []
    assumed.append("the named slices are those of the outcome")
    return {one["name"]: one["condition"] for one in found}


def looks(run: Run, outcomes: Outcomes) -> int:
    """How many looks were counted before: by the look that was spent, by the outcome, by what was noted."""
    spent = Look.objects.filter(run=run).first()
    if spent is not None:
        return spent.number - 1
    told: dict[str, Any] = outcomes[EvaluationMetrics.id].measured if EvaluationMetrics.id in outcomes else {}
    if told.get("look"):
        return int(told["look"]["number"]) - 1
    if "looks" in run.evidence:
        return int(run.evidence["looks"])
    assert run.evaluation_dataset is not None
    first = HoldOut.objects.first_of(run.evaluation_dataset)
    before = Look.objects.filter(first_set=first, at__lt=run.started_at)
    return before.aggregate(last=Max("number"))["last"] or 0


def read_the_log(outcomes: Outcomes) -> bool:
    """Whether a check of drift looked at the prediction log."""
    return any(
        isinstance(recent := result.details.get("recent"), dict)
        and recent.get("name") in (PREDICTION_LOG, LABELLED_LOG)
        for result in outcomes.values()
    )


def failed_rehearsal(outcomes: Outcomes) -> RehearsalFailed | None:
    """The failure that the checks of the rehearsal answered; None where they did not."""
    for name in ("contract", "latency", "memory"):
        kind, _, message = outcomes[name].message.partition(": ") if name in outcomes else ("", "", "")
        if kind in FAILURES and outcomes[name].level == "error":
            return FAILURES[kind](message)
    return None
