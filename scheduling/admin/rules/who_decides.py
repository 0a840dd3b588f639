"""Two actions on a model: a person decides about each candidate that passes, or the program does."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.admin.base import question_of
from predictions.admin.editing import confirmed
from predictions.admin.registered_models import RegisteredModelAdmin
from predictions.conf import config
from predictions.contract.numbers import counted
from predictions.models import RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May, allowed
from predictions.models.people.roles import APPROVER
from predictions.paths import admin_path
from scheduling.approvals.approvers import Answerers, answerers, who_can
from scheduling.models import GatePolicy

Who = GatePolicy.Approval
OWN = "Nobody may approve a run that they started themselves, or whose candidate they uploaded."


def waits_for(model: RegisteredModel) -> str:
    """Say what happens from then on, a sentence a line."""
    told = [
        "From now on a candidate that passes its checks does not go live by itself: it waits until a person "
        f"approves or refuses it, for {counted(config.APPROVAL_DAYS, 'day')} at most.",
        OWN if config.APPROVER_MUST_DIFFER else "",
        f"This ends the pause by {model.held_in_words}." if model.is_held else "",
    ]
    return "\n".join(filter(None, told))


def who_answers(found: Answerers) -> str:
    """Name them, and say where one person more is needed."""
    if not found.here:
        return f"{who_can(found)} Until then every candidate lapses."
    if not lacks_people(found):
        return who_can(found)
    alone = f"Nobody could approve a run that {found.here[0]} started: a second person is needed."
    return f"{who_can(found)} {alone}"


def with_remedy(model: RegisteredModel, found: Answerers, viewer: Any, *, back: str) -> SafeString:
    """`who_answers`, with a link to the form that gives the role and leads back."""
    return format_html("{} {}", who_answers(found), _give(model, found, viewer, back))


def lacks_people(found: Answerers) -> bool:
    """Whether runs of somebody would find nobody to approve them."""
    return len(found.here) < 1 + config.APPROVER_MUST_DIFFER


def _give(model: RegisteredModel, found: Answerers, viewer: Any, back: str) -> SafeString | str:
    if not (grants.ARE_KEPT and allowed(viewer, May.CHOOSE_ACCESS, model)):
        ask = f"Ask an administrator to give somebody the role “{APPROVER}” for {model}."
        return ask if lacks_people(found) else ""
    path = f"{admin_path('model-approver', model.pk)}?{urlencode({'next': back})}"
    return format_html('<a href="{}">Give somebody the role “{}” for {}…</a>', path, APPROVER, model)


def deciders(admin: Any, request: HttpRequest, model: RegisteredModel) -> SafeString:
    """Who can answer, on the page that asks."""
    back = question_of(model, "let_a_person_decide")
    return format_html("<p>{}</p>", with_remedy(model, answerers(model), request.user, back=back))


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
        warning=lambda admin, model: waits_for(model), shown=deciders,
    )  # fmt: skip
    def let_a_person_decide(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        decide(model, Who.BY_PERSON, user=request.user)
        told = "A person decides now about each candidate that passes its checks."
        return format_html(
            "{} {}", told, with_remedy(model, answerers(model), request.user, back=self.page_of(model))
        )

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
