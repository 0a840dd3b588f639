"""What comes after the checks of a run that somebody is about to ask for, and who can answer then."""

from typing import Any

from django.utils.html import format_html

from predictions.conf import config
from predictions.models import ModelVersion, RegisteredModel
from scheduling.admin.rules.deciders import LAPSES, OWN
from scheduling.approvals.approvers import answerers, who_can
from scheduling.models import GatePolicy

Who = GatePolicy.Approval
AFTERWARDS = {
    Who.AUTOMATIC: "and goes live if it passes. Until then nothing changes for callers.",
    Who.BY_PERSON: "and waits for a person if it passes.",
    Who.NEVER: "and goes live only if a person promotes it: the policy says “report only”.",
}


def after_judging(model: RegisteredModel, judged: str) -> list[str]:
    """Say what follows once it is `judged`, and who may not answer."""
    decides = Who(GatePolicy.objects.of(model).approval)
    if decides == Who.AUTOMATIC and model.is_held:
        return [f"{judged}. It does not go live by itself: this is paused by {model.held_in_words}."]
    own = OWN if decides == Who.BY_PERSON and config.APPROVER_MUST_DIFFER else ""
    return list(filter(None, [f"{judged}, {AFTERWARDS[decides]}", own]))


def who_answers_to(user: Any, model: RegisteredModel, version: ModelVersion | None = None) -> str:
    """Name who can answer a run that this person starts, where a person decides; else empty."""
    if GatePolicy.objects.of(model).approval != Who.BY_PERSON:
        return ""
    own = {user.get_username()}
    if version and version.source == ModelVersion.Source.UPLOADED:
        own.add(version.created_by)
    found = answerers(model).but(own if config.APPROVER_MUST_DIFFER else set())
    return format_html("<p>{} {}</p>", who_can(found), "" if found.here else LAPSES)
