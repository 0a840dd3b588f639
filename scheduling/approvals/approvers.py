"""Who may not approve, nor promote past an approval: the person who asked for the run."""

from typing import Any

from predictions.conf import config
from predictions.models import ModelVersion
from predictions.models.promotion import live_promotion
from scheduling.models import GatePolicy, Run

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


def why_not_own(version: ModelVersion, user: Any) -> str:
    """Say why this person cannot promote a version that they brought, where a person decides; else empty.

    What was live before may come back, and where nothing is live anybody may help.
    """
    model = version.registered_model
    by_person = GatePolicy.objects.of(model).approval == GatePolicy.Approval.BY_PERSON
    if not by_person or live_promotion(model) is None or version.promotions.exists():
        return ""
    if not any(is_requester(run, user) for run in Run.objects.filter(candidate=version)):
        return ""
    return (
        f"{user.get_username()} uploaded {version} or requested its run, and the policy lets a person "
        "decide about each new version. Another person has to promote it."
    )
