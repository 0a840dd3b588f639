"""Asking a person whether a candidate goes live: the request, its one answer, and when it lapses."""

import logging
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone

from predictions import database
from predictions.conf import config
from predictions.models import Dataset, Promotion, RegisteredModel
from predictions.models.base import is_ahead
from predictions.models.dataset import UPLOADED
from predictions.models.promotion import live_promotion, live_promotions
from predictions.registry.promotion import AlreadyLive, Approval, LiveVersionChanged, VersionRetired, promote
from predictions.zone import to_minute
from scheduling.approvals.approvers import refuse_requester
from scheduling.models import ApprovalAnswer, ApprovalRequest, Run

log = logging.getLogger("scheduling.approvals.approvals")
ITSELF = "the program"
MOST_WAITING = 10  # per model: a person reads no more, and a fast schedule makes thousands
Kind = ApprovalAnswer.Kind
BECOMES = {
    Kind.APPROVED: Run.Decision.PROMOTED,
    Kind.REFUSED: Run.Decision.REFUSED,
    Kind.LAPSED: Run.Decision.LAPSED,
}


class NotAwaitingApproval(Exception):
    """The run does not wait for approval, or somebody has answered."""


class ApprovalLapsed(Exception):
    """What the run compared has changed: nothing was promoted, and the run says why."""


def ask_for_approval(run: Run, *, replacing: Promotion | None) -> None:
    """Leave the promotion to a person. For the transaction that closes the run as awaiting approval."""
    until = timezone.now() + timedelta(days=config.APPROVAL_DAYS)
    ApprovalRequest.objects.create(run=run, replacing=replacing, expires_at=until)


def approve(run: Run, *, user: Any, reason: str) -> Promotion:
    """Make the run's candidate live on this person's decision. A hold of the model does not stop a person.

    The ledger's row, the answer and the run's decision are one transaction. Raises
    `ApproverMustDiffer`, `NotAwaitingApproval`, or `ApprovalLapsed`: then the run has lapsed.
    """
    refuse_requester(run, user)
    with database.atomic():
        request = _locked(run)
        promotion, why = _promote(request, user, reason)
        if promotion is None:
            _answer(request, Kind.LAPSED, reason=why)
        else:
            _answer(request, Kind.APPROVED, reason=reason, user=user, promotion=promotion)
    if promotion is None:
        raise ApprovalLapsed(f"{run} can no longer be approved: {why}. Request a new run.")
    return promotion


def refuse(run: Run, *, user: Any, reason: str) -> None:
    """Leave the champion live on this person's decision. Raises `NotAwaitingApproval`."""
    with database.atomic():
        _answer(_locked(run), Kind.REFUSED, reason=reason, user=user)


def lapse_outdated(registered_model: RegisteredModel) -> int:
    """Close the requests of one model that can no longer be approved; return how many."""
    # Each in a transaction of its own: one that holds two such rows at once could deadlock with another.
    lapsed = 0
    for waiting in ApprovalRequest.objects.open(registered_model):
        with suppress(NotAwaitingApproval), database.atomic():
            request = _locked(waiting.run)
            if why := why_outdated(request):
                _answer(request, Kind.LAPSED, reason=why)
                lapsed += 1
    return lapsed


def still_open(registered_model: RegisteredModel | None = None) -> list[Run]:
    """Return the runs that a person can approve at this moment, of one model or of all, newest first."""
    requests = list(ApprovalRequest.objects.open(registered_model))
    if not requests:
        return []
    live = live_promotions(RegisteredModel.objects.all())
    current = Dataset.objects.current_of_each(Dataset.Role.EVALUATION, source=UPLOADED)
    newer: Counter[int] = Counter()
    still = []
    for request in requests:
        model = request.run.registered_model_id
        if not _why(request, live.get(model), current.get(model), newer[model]):
            still.append(request.run)
        newer[model] += 1
    return still


def why_outdated(request: ApprovalRequest) -> str:
    """Return why a run can no longer be approved, as a clause; empty where it can."""
    run, model = request.run, request.run.registered_model
    evaluation = Dataset.objects.uploaded(model, Dataset.Role.EVALUATION)
    newer = ApprovalRequest.objects.open(model).filter(run_id__gt=run.pk).count()
    return _why(request, live_promotion(model), evaluation, newer)


def _why(request: ApprovalRequest, live: Promotion | None, evaluation: Dataset | None, newer: int) -> str:
    run = request.run
    if is_ahead(request.asked_at):
        return f"its date {to_minute(request.asked_at)} is in the future, because a clock was wrong"
    if timezone.now() >= request.expires_at:
        return f"nobody answered before {to_minute(request.expires_at)}"
    if (live.pk if live else None) != request.replacing_id:
        return f"the live version has changed, and {live.version if live else 'no version'} is live now"
    judged_by = run.evaluation_dataset
    is_snapshot = judged_by is not None and judged_by.source != UPLOADED  # each run has its own
    current = evaluation.pk if evaluation else None
    if not is_snapshot and current != run.evaluation_dataset_id:
        return f"the evaluation set has changed from dataset {run.evaluation_dataset_id} to {current}"
    if newer >= MOST_WAITING:
        return f"{newer} newer runs of {run.registered_model} are waiting for approval"
    return ""


def _locked(run: Run) -> ApprovalRequest:
    """Return the request, with its run locked until the end of the transaction."""
    fresh = Run.objects.select_for_update(no_key=True).filter(pk=run.pk).first()
    if fresh is None or fresh.decision != Run.Decision.AWAITING_APPROVAL:
        raise NotAwaitingApproval(f"{run} is not waiting for approval.")
    return fresh.approval_request


def _promote(request: ApprovalRequest, user: Any, reason: str) -> tuple[Promotion | None, str]:
    """Promote in a savepoint. What the ledger refuses is outdated."""
    run = request.run
    assert run.candidate is not None  # else the gate would not have asked
    if why := why_outdated(request):
        return None, why
    approval = Approval.by_person(user, reason=f"{reason} (approved {run}: {run.reason.rstrip('. ')})")
    try:
        with database.atomic():
            return promote(version=run.candidate, replacing=request.replacing, approval=approval), ""
    except (LiveVersionChanged, AlreadyLive, VersionRetired) as error:
        return None, str(error).rstrip(".")


def _answer(
    request: ApprovalRequest, kind: Kind, *, reason: str, user: Any = None, promotion: Promotion | None = None
) -> None:
    """Write the one answer, and the run's new decision. Raises `NotAwaitingApproval`."""
    run = request.run
    if not Run.objects.settle(run, decision=BECOMES[kind], promotion=promotion):
        raise NotAwaitingApproval(f"{run} is not waiting for approval.")
    by = user.get_username() if user else ITSELF
    ApprovalAnswer.objects.create(request=request, kind=kind, by=by, user=user, reason=reason)
    log.info("run=%s model=%s: %s by %s", run.pk, run.registered_model, kind, by)
