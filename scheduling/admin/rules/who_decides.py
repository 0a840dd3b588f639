"""Two actions on a model: a person decides about each candidate that passes, or the program does."""

from typing import Any

from django import forms
from django.http import HttpRequest

from predictions.admin.editing import confirmed
from predictions.admin.registered_models import RegisteredModelAdmin
from predictions.conf import config
from predictions.contract.numbers import counted
from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed, people_who
from scheduling.models import GatePolicy

Who = GatePolicy.Approval
NAMED = 5  # of those who can answer
OWN = "Nobody may approve a run that they started themselves, or whose candidate they uploaded."
GIVE = "Take care: give somebody else the role “approver” under “Access” first."


def waits_for(model: RegisteredModel) -> str:
    """Say what happens from then on, and who can answer."""
    told = [
        "From now on a candidate that passes its checks does not go live by itself: it waits until a person "
        f"approves or refuses it, for {counted(config.APPROVAL_DAYS, 'day')} at most.",
        OWN if config.APPROVER_MUST_DIFFER else "",
        who_answers(model),
        f"This ends the pause by {model.held_in_words}." if model.is_held else "",
    ]
    return "\n".join(filter(None, told))


def who_answers(model: RegisteredModel) -> str:
    """Name them; a warning where the runs of one person would find nobody to approve them."""
    names = [str(one) for one in people_who(May.APPROVE, model)]
    if not names:
        return f"Nobody can answer yet, so every candidate would lapse. {GIVE}"
    if len(names) == 1 and config.APPROVER_MUST_DIFFER:
        (only,) = names
        return f"Only {only} can answer, so nobody could approve a run that {only} started. {GIVE}"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"Who can answer: {', '.join(names[:NAMED])}{more}."


def goes_live_of(model: RegisteredModel) -> str:
    """Say what happens from then on."""
    told = (
        "From now on a candidate that passes its checks goes live by itself. Those that already wait for a "
        "person still do."
    )
    return f"{told}\nThis ends the pause by {model.held_in_words}." if model.is_held else told


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
        warning=lambda admin, model: goes_live_of(model),
    )  # fmt: skip
    def let_the_program_decide(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        decide(model, Who.AUTOMATIC, user=request.user)
        return "The program decides now: a candidate that passes its checks goes live by itself."


def decide(model: RegisteredModel, who: Who, *, user: Any) -> None:
    """Write it into the model's policy, and into its history by whom. A pause ends with it."""
    if model.is_held and allowed(user, May.LIFT_HOLD, model):
        model.lift_hold(by=user.get_username(), user=user, reason=f"who decides: {who.label}")
    policy: Any = GatePolicy.objects.of(model)
    policy.approval, policy._history_user = who, user
    policy.save()
