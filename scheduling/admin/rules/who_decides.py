"""Two actions on a model: a person decides about each candidate that passes, or the program does."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions import database
from predictions.admin.editing import confirmed
from predictions.admin.registered_models import RegisteredModelAdmin
from predictions.conf import config
from predictions.contract.numbers import counted
from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from scheduling.admin.rules.approver_form import ApproverForm
from scheduling.admin.rules.deciders import (
    OWN,
    asks_for_one,
    lacks_people,
    may_give,
    ticked,
    who_answers,
    with_remedy,
)
from scheduling.approvals.approvers import answerers
from scheduling.models import GatePolicy

Who = GatePolicy.Approval
ALWAYS = "Administrators (superusers) can always answer."


class DecideForm(ApproverForm):
    """One person more, for those who may give the role."""

    person: Any = forms.ModelChoiceField(
        None, required=False, empty_label="nobody", label="Make one person more an approver"
    )


def from_now_on() -> str:
    """Say what happens to each candidate once a person decides."""
    return (
        "From now on a candidate that passes its checks does not go live by itself: it waits until a person "
        f"approves or refuses it, for {counted(config.APPROVAL_DAYS, 'day')} at most."
    )


def by_hand() -> str:
    """Say what a person can do all the same."""
    but = ", though not a new version of their own" if config.APPROVER_MUST_DIFFER else ""
    return f"Whoever may promote can still promote by hand{but}, which is kept in the history."


def where_it_waits(model: RegisteredModel) -> SafeString:
    """Say how one knows that something waits, with the ways there."""
    return format_html(
        'A version that waits stands at the top of the <a href="{}">overview</a>, under “Needs you”. For a '
        'message too, choose <a href="{}">Tell me…</a> on the model’s page.',
        admin_path("overview"),
        admin_path("scheduling_subscription_add", query={"registered_model": model.pk}),
    )


def waits_for(model: RegisteredModel) -> str:
    """Say what happens from then on, a sentence a line."""
    told = [
        from_now_on(),
        OWN if config.APPROVER_MUST_DIFFER else "",
        by_hand(),
        f"This ends the pause by {model.held_in_words}." if model.is_held else "",
    ]
    return "\n".join(filter(None, told))


def goes_live_of(model: RegisteredModel) -> str:
    """Say what happens from then on."""
    told = (
        "From now on a candidate that passes its checks goes live by itself. Those that already wait for a "
        "person still do."
    )
    return f"{told}\nThis ends the pause by {model.held_in_words}." if model.is_held else told


def fit(admin: Any, request: HttpRequest, model: RegisteredModel, form: Any) -> None:
    """Ask for one person more, if the reader may give the role."""
    if not may_give(request.user, model):
        form.fields.clear()
    elif form.fit(admin.admin_site, request, but=answerers(model).here):
        form.fields["person"].help_text = "The plus sign makes a new account."


def deciders(request: HttpRequest, model: RegisteredModel) -> SafeString:
    """Who can answer already, on the page that asks."""
    found = answerers(model)
    ask = "" if may_give(request.user, model) else asks_for_one(model, found)
    told = (f"{ALWAYS} {ask}".strip(), where_it_waits(model))
    return format_html("{}<p>{}</p><p>{}</p>", ticked(found), *told)


class WhoDecides(RegisteredModelAdmin):
    """Buttons of the model's page and of its card start them."""

    actions = (*RegisteredModelAdmin.actions, "let_a_person_decide", "let_the_program_decide")

    @confirmed(
        description="Let a person decide…", needs=May.CHANGE_POLICY, title="Let a person decide",
        warning=lambda admin, model: waits_for(model), form_class=DecideForm, fit=fit,
        shown=lambda admin, request, model: deciders(request, model),
    )  # fmt: skip
    def let_a_person_decide(self, request: HttpRequest, model: RegisteredModel, form: DecideForm) -> str:
        given = ""
        with database.atomic():
            if form.cleaned_data.get("person"):
                given = form.save(model)
                self.log_change(request, model, given)
            decide(model, Who.BY_PERSON, user=request.user)
        found = answerers(model)
        who: Any = who_answers(found)
        if lacks_people(found):
            who = with_remedy(model, found, request.user, back=self.page_of(model))
        return format_html("{} {} {} {}", from_now_on(), where_it_waits(model), who, given)

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
