"""Two actions on a model: a person decides about each candidate that passes, or the program does."""

from typing import Any

from django import forms
from django.http import HttpRequest

from predictions.admin.editing import confirmed
from predictions.admin.registry import RegisteredModelAdmin
from predictions.conf import config
from predictions.models import RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May
from predictions.models.people.roles import roles_of
from scheduling.models import GatePolicy

Who = GatePolicy.Approval


def waits_for(model: RegisteredModel) -> str:
    """Say what happens from then on, and who can answer."""
    return (
        "From now on a candidate that passes its checks does not go live by itself: it waits until a person "
        f"approves or refuses it, for {config.APPROVAL_DAYS} days at most.\n{_who_answers(model)}"
    )


def _who_answers(model: RegisteredModel) -> str:
    others = "superusers, and those who may approve for all models"
    if not grants.ARE_KEPT:
        return f"Who can answer: {others}."
    if found := ", ".join(map(str, roles_of(model).get("approver", []))):
        return f"Who can answer: {found}; also {others}."
    return f"Who can answer: {others}. Nobody has the role “approver”, which is given under “Access”."


class WhoDecides(RegisteredModelAdmin):
    """Buttons of the model's page start them."""

    actions = (*RegisteredModelAdmin.actions, "let_a_person_decide", "let_the_program_decide")

    @confirmed(
        description="Let a person decide…", needs=May.CHANGE_POLICY, title="Let a person decide",
        warning=lambda admin, model: waits_for(model),
    )  # fmt: skip
    def let_a_person_decide(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        decide(model, Who.BY_PERSON, user=request.user)
        return "A person decides now about each candidate that passes its checks."

    @confirmed(
        description="Let the program decide…", needs=May.CHANGE_POLICY, title="Let the program decide",
        warning="From now on a candidate that passes its checks goes live by itself. Those that already wait "
        "for a person still do.",
    )  # fmt: skip
    def let_the_program_decide(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        decide(model, Who.AUTOMATIC, user=request.user)
        return "The program decides now: a candidate that passes its checks goes live by itself."


def decide(model: RegisteredModel, who: Who, *, user: Any) -> None:
    """Write it into the model's policy, and into its history by whom."""
    policy: Any = GatePolicy.objects.of(model)
    policy.approval, policy._history_user = who, user
    policy.save()
