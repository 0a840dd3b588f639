"""Who may approve and refuse: people with the permission for all models, or for one of them."""

from typing import Any

from django.conf import settings
from guardian.shortcuts import get_objects_for_user

from predictions.models import ModelVersion, RegisteredModel
from scheduling.models import Run

PERMISSION = "predictions.approve_promotion"
REQUESTED_BY_PEOPLE = (Run.Trigger.MANUAL, Run.Trigger.API)


class ApproverMustDiffer(Exception):
    """The person who requested the run or uploaded its candidate may not approve it."""


def may_approve(user: Any, registered_model: RegisteredModel) -> bool:
    """Whether this person may approve and refuse for this model."""
    return bool(user.has_perm(PERMISSION) or user.has_perm(PERMISSION, registered_model))


def may_approve_some(user: Any) -> bool:
    """Whether this person may approve for at least one model."""
    return bool(user.has_perm(PERMISSION) or get_objects_for_user(user, PERMISSION).exists())


def refuse_requester(run: Run, user: Any) -> None:
    """Raise `ApproverMustDiffer` where the setting requires a second person, and this is the first."""
    people = {run.requested_by} if run.trigger in REQUESTED_BY_PEOPLE else set()
    if run.candidate and run.candidate.source == ModelVersion.Source.UPLOADED:
        people.add(run.candidate.created_by)
    name = user.get_username()
    if settings.APPROVER_MUST_DIFFER and name in people:
        raise ApproverMustDiffer(
            f"{name} requested {run} or uploaded its candidate. Another person has to approve it."
        )
