"""Who may not approve, nor promote past an approval: the person who asked for the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from predictions.conf import config
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.people.access import May, people_who
from predictions.models.promotion import live_promotion
from scheduling.models import GatePolicy, Run

NOBODY = "Nobody can answer yet: that takes the role “approver”, which is given under “Access” of the model."
NAMED = 5  # of those who can answer
REQUESTED_BY_PEOPLE = (Run.Trigger.MANUAL, Run.Trigger.API)


class ApproverMustDiffer(Exception):
    """The person who requested the run or uploaded its candidate may not approve it."""


def is_requester(run: Run, user: Any) -> bool:
    """Whether the setting requires a second person, and this is the first."""
    name = user.get_username()
    return bool(name) and config.APPROVER_MUST_DIFFER and name in _requesters(run)


def _requesters(run: Run) -> set[str]:
    people = {run.requested_by} if run.trigger in REQUESTED_BY_PEOPLE else set()
    if run.candidate and run.candidate.source == ModelVersion.Source.UPLOADED:
        people.add(run.candidate.created_by)
    return people


@dataclass(frozen=True, kw_only=True)
class Answerers:
    """Who may approve or refuse for a model, by name."""

    here: list[str]  # in the admin
    elsewhere: list[str]  # by the API alone: without staff status nobody signs in to the admin

    @property
    def first(self) -> list[str]:
        """A few of them."""
        return [*self.here, *self.elsewhere][:NAMED]

    def but(self, names: set[str]) -> Answerers:
        """Without some people."""
        here, elsewhere = ([one for one in of if one not in names] for of in (self.here, self.elsewhere))
        return Answerers(here=here, elsewhere=elsewhere)


def answerers(model: RegisteredModel) -> Answerers:
    """Return the active accounts that hold the permission for this model."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for one in people_who(May.APPROVE, model):
        found[bool(getattr(one, "is_staff", True))].append(one.get_username())
    return Answerers(here=found[True], elsewhere=found[False])


def answerers_of(run: Run) -> Answerers:
    """Return those who may approve this run."""
    return answerers(run.registered_model).but(_requesters(run) if config.APPROVER_MUST_DIFFER else set())


def who_can(found: Answerers) -> str:
    """Name them, in a sentence or two."""
    here = f"Who can answer: {_names(found.here)}." if found.here else NOBODY
    return f"{here} {by_api_only(found)}".strip()


def by_api_only(found: Answerers) -> str:
    """Name those who cannot sign in to the admin; empty where there are none."""
    if not found.elsewhere:
        return ""
    return f"By the API only, for want of “staff status” in the account: {_names(found.elsewhere)}."


def _names(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


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
