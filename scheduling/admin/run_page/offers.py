"""What this person may do now with a run, a version or a model: buttons for actions, which ask first.

What would be refused is not offered, or says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.models import ModelVersion, Promotion
from predictions.models.people.access import May, allowed
from predictions.models.promotion import live_promotion
from predictions.paths import admin_path
from predictions.registry.promotion import version_before
from scheduling.approvals.approvals import why_outdated
from scheduling.approvals.approvers import (
    ApproverMustDiffer,
    answerers_of,
    is_requester,
    refuse_requester,
    who_can,
    why_not_own,
)
from scheduling.approvals.past_approval import awaited
from scheduling.models import Run


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A button; with `why_not` it is only told why there is none."""

    label: str
    action: str
    row: Any
    is_default: bool = False
    why_not: str = ""

    @property
    def path(self) -> str:
        """Where the admin takes the action."""
        meta = self.row._meta
        return admin_path(f"{meta.app_label}_{meta.model_name}_changelist")


def offers_of(run: Run, user: Any) -> list[Offer]:
    """Return what may be done with a run, its candidate, or the promotion that it made."""
    if run.is_unfinished:
        may = allowed(user, May.CANCEL_RUN, run.registered_model)
        return [Offer(label="Cancel the run…", action="cancel", row=run)] if may else []
    if run.decision == Run.Decision.AWAITING_APPROVAL:
        return _answers(run, user)
    live = live_promotion(run.registered_model)
    if run.promotion_id is not None and live is not None and live.pk == run.promotion_id:
        return roll_back_of(live, user)
    if run.candidate is None or (live and is_live_again(run, live)):
        return []
    return offers_of_version(run.candidate, live, user)


def is_live_again(run: Run, live: Promotion) -> bool:
    """Whether the candidate is what is live by another number: promoting it would change nothing."""
    return run.repeats_champion and run.champion_id == live.version_id


def _answers(run: Run, user: Any) -> list[Offer]:
    if not allowed(user, May.APPROVE, run.registered_model):
        return []
    refuse = Offer(label="Refuse…", action="refuse", row=run)
    if is_requester(run, user):  # the page says why, and who can
        return [refuse]
    why_not = why_no_approval(run, user)
    return [Offer(label="Approve…", action="approve", row=run, is_default=True, why_not=why_not), refuse]


def why_no_approval(run: Run, user: Any) -> str:
    """Return why this person cannot approve a run that waits, as a sentence; empty where they can."""
    try:
        refuse_requester(run, user)
    except ApproverMustDiffer as error:
        return f"{error} {who_can(answerers_of(run))}"
    outdated = why_outdated(run.approval_request)
    return f"It can no longer be approved: {outdated}." if outdated else ""


def roll_back_of(live: Promotion, user: Any) -> list[Offer]:
    """Return the button that puts the version before the live one back, if there is one."""
    may = allowed(user, May.ROLL_BACK, live.registered_model)
    before = version_before(live) if may else None
    if before is None:
        return []
    label = f"Roll back to {before.label}…"
    return [Offer(label=label, action="roll_back", row=live.registered_model)]


def offers_of_version(version: ModelVersion, live: Promotion | None, user: Any) -> list[Offer]:
    """Return the buttons of a version that is not live: promote it, or have it validated."""
    model = version.registered_model
    if (live and live.version_id == version.pk) or version.retired_at is not None:
        return []
    offers = []
    if allowed(user, May.PROMOTE, model):
        why_not = why_not_by_hand(version) or why_not_own(version, user)
        offers.append(
            Offer(label=f"Promote {version.label}…", action="promote", row=version, why_not=why_not)
        )
    if allowed(user, May.VALIDATE, model):
        offers.append(Offer(label="Validate now…", action="validate_now", row=version))
    return offers


def may_go_live(offers: list[Offer]) -> bool:
    """Whether one of these buttons makes the version live."""
    return any(one.action == "promote" and not one.why_not for one in offers)


def why_not_by_hand(version: ModelVersion) -> SafeString:
    """Return why nobody can make a version live past an approval, with a link; empty where they can."""
    run = awaited(version.registered_model).get(version.pk)
    if run is None:
        return SafeString("")
    page = admin_path("scheduling_run_change", run)
    return format_html('{} waits for an answer: see <a href="{}">run {}</a>.', version.label, page, run)
