"""What a person does next after a run, in a sentence or two."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from predictions.models.people.access import May, allowed
from predictions.models.promotion import live_promotion
from predictions.zone import to_minute
from scheduling.approvals.approvers import answerers_of, is_requester, who_can
from scheduling.evidence_page.words import what_tells
from scheduling.models import ApprovalRequest, Run
from scheduling.models.schedule import TaskName
from scheduling.registering.waiting import why_unfinished

OF_DECISION = {
    Run.Decision.KEPT: "Nothing has to be done: the live version stays. A person may still promote the "
    "candidate.",
    Run.Decision.BLOCKED: "Read what failed below. Mend the data or the model, or change the limit, then "
    "validate again.",
    Run.Decision.REFUSED: "Nothing has to be done: a person refused it, and the live version stays.",
    Run.Decision.LAPSED: "Validate the candidate again if you still want it.",
    Run.Decision.WOULD_PROMOTE: "The policy only reports. A person may promote the candidate.",
}
MOST_NAMED = 5
FAILED = {
    TaskName.REGISTER: "Correct what it names, and send it again.",
    TaskName.UPLOAD: "Correct what it names, and upload the model again.",
    TaskName.RETRAIN: "Correct the recipe or the data, then train again.",
    TaskName.TRY_SOURCE: "Correct the data source, then try it again.",
}


def advice(run: Run, reader: Any) -> str:
    """Return it for this person; empty where there is nothing to do or to know."""
    if run.is_unfinished:
        return why_unfinished(run)
    if run.status == Run.Status.INTERRUPTED:
        return "A scheduler stopped while it worked. Request it again, unless its schedule has done so."
    if run.status == Run.Status.FAILED:
        return FAILED.get(
            TaskName(run.task), "Read the reason, mend what it names, then request the run again."
        )
    if run.decision == Run.Decision.AWAITING_APPROVAL:
        return _until(run, reader)
    if run.decision == Run.Decision.PROMOTED:
        return _replaced(run) or _watched(run)
    if run.decision == Run.Decision.CANNOT_TELL:
        return what_tells(run)
    if run.repeats_champion:
        return (
            "Nothing has to be done: the candidate is identical to the version that was live then, so there "
            "is nothing to promote. New data or another recipe gives another model."
        )
    return OF_DECISION.get(Run.Decision(run.decision), "") if run.decision else ""


def _until(run: Run, reader: Any) -> str:
    """Who can answer until when, and what a person should know before."""
    model, request = run.registered_model, run.approval_request
    told = [_asked(run, reader), f"Somebody can until {to_minute(request.expires_at)}."]
    if others := _others(run):
        told.append(f"Also waiting for approval: {others}. They lapse if this one is approved.")
    if model.is_held:
        told.append(
            f"Automatic promotion is paused by {model.held_in_words}. If this is "
            "approved, the candidate goes live all the same, and it stays paused."
        )
    return " ".join(told)


def _others(run: Run) -> str:
    """The candidates of the model that also wait."""
    others = ApprovalRequest.objects.open(run.registered_model).exclude(run=run)
    waiting = others.select_related("run__candidate__signature")[:MOST_NAMED]
    return ", ".join(
        f"{candidate.label} (run {one.run_id})" for one in waiting if (candidate := one.run.candidate)
    )


def _asked(run: Run, reader: Any) -> str:
    """What this person does about a run that waits; or why they cannot, and who can."""
    if not allowed(reader, May.APPROVE, run.registered_model):
        why = f"you may not approve or refuse for {run.registered_model}"
    elif is_requester(run, reader):
        why = "you started it or uploaded its candidate, so you can only refuse"
    else:
        return "Read the results below, then approve or refuse."
    return f"It waits for another person: {why}. {who_can(answerers_of(run))}"


def _replaced(run: Run) -> str:
    """What is live now instead; empty where the run's version still is."""
    live = live_promotion(run.registered_model)
    if live is None or run.promotion is None or live.version_id == run.promotion.version_id:
        return ""
    since = to_minute(live.at)
    return f"Nothing has to be done. It is not live any more: {live.version.label} is, since {since}."


def _watched(run: Run) -> str:
    watch = getattr(run.promotion, "watch", None)
    if watch is None:
        return (
            "Nothing has to be done. Nothing watches it: the policy sets no time for a watch after promotion."
        )
    if watch.until > timezone.now() and watch.status == watch.Status.OPEN:
        until = f"The scheduler watches it until {to_minute(watch.until)}, and rolls back if it gets worse."
        return f"Nothing has to be done. {until}"
    return f"Nothing has to be done. The watch ended: {watch.get_status_display()}. {watch.reason}".strip()
