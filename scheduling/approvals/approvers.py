"""Who may not approve: the person who asked for the run."""

from typing import Any

from predictions.conf import config
from predictions.models import ModelVersion
from scheduling.models import Run

REQUESTED_BY_PEOPLE = (Run.Trigger.MANUAL, Run.Trigger.API)


class ApproverMustDiffer(Exception):
    """The person who requested the run or uploaded its candidate may not approve it."""


def is_requester(run: Run, user: Any) -> bool:
    """Whether the setting requires a second person, and this is the first."""
    people = {run.requested_by} if run.trigger in REQUESTED_BY_PEOPLE else set()
    if run.candidate and run.candidate.source == ModelVersion.Source.UPLOADED:
        people.add(run.candidate.created_by)
    name = user.get_username()
    return bool(name) and config.APPROVER_MUST_DIFFER and name in people


def refuse_requester(run: Run, user: Any) -> None:
    """Raise `ApproverMustDiffer` where this person may not approve the run for that reason."""
    if is_requester(run, user):
        raise ApproverMustDiffer(
            f"{user.get_username()} requested {run} or uploaded its candidate. "
            "Another person has to approve it."
        )
