"""The action that starts a retraining from a model's page, and says beforehand what comes of it."""

from django import forms
from django.http import HttpRequest

from predictions.admin.editing import confirmed
from predictions.conf import config
from predictions.models import RegisteredModel
from predictions.models.people.access import May
from scheduling.admin.rules.deciders import OWN, who_answers
from scheduling.admin.rules.who_decides import Who, WhoDecides
from scheduling.admin.schedules import queue
from scheduling.approvals.approvers import answerers
from scheduling.models import GatePolicy, Run
from scheduling.models.schedule import TaskName
from scheduling.runs.retraining_parameters import retraining_parameters
from scheduling.sources.known import refuse_known_file
from scheduling.sources.refusals import NothingNew

JUDGED = "It is then judged against the live version"
AFTERWARDS = {
    Who.AUTOMATIC: "and goes live if it passes. Until then nothing changes for callers.",
    Who.BY_PERSON: "and waits for a person if it passes.",
    Who.NEVER: "and goes live only if a person promotes it: the policy says “report only”.",
}


class RetrainForm(forms.Form):
    """Whether old rows will do."""

    repeat = forms.BooleanField(required=False, label="Train on the same rows again if nothing is new")


def what_happens(model: RegisteredModel) -> str:
    """Say what a retraining of this model does, before it is asked for."""
    recipe = getattr(model, "recipe", None)
    how = (
        f"by the model's recipe ({recipe.what})" if recipe else "as the live version was: there is no recipe"
    )
    waiting = Run.objects.filter(registered_model=model, task=TaskName.RETRAIN).unfinished().first()
    told = (
        _nothing_new(model),
        f"A run fits a new version on the newest training rows, {how}.",
        *_who_decides(model),
        f"{waiting} has not ended yet; this one comes after it." if waiting else "",
    )
    return "\n".join(filter(None, told))


def _nothing_new(model: RegisteredModel) -> str:
    """Say so where it is known without a look into the source."""
    try:
        refuse_known_file(model)
    except NothingNew as found:
        return f"{found.since}. {found.why} It ends at once, without a new version, unless you tick the box."
    return ""


def _who_decides(model: RegisteredModel) -> list[str]:
    """Say what comes after the checks, and who may not answer."""
    decides = Who(GatePolicy.objects.of(model).approval)
    if decides == Who.AUTOMATIC and model.is_held:
        return [f"{JUDGED}. It does not go live by itself: this is paused by {model.held_in_words}."]
    told = [f"{JUDGED}, {AFTERWARDS[decides]}"]
    if decides == Who.BY_PERSON:
        told += [OWN if config.APPROVER_MUST_DIFFER else "", who_answers(answerers(model))]
    return told


class Retrains(WhoDecides):
    """A button of the model's page starts it."""

    actions = (*WhoDecides.actions, "retrain")

    @confirmed(
        description="Retrain now…", needs=May.REQUEST_RUN, title="Retrain now", form_class=RetrainForm,
        warning=lambda admin, model: what_happens(model),
    )  # fmt: skip
    def retrain(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        return queue(request, TaskName.RETRAIN, model, **retraining_parameters(**form.cleaned_data))
