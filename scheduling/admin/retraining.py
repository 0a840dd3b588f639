"""The action that starts a retraining from a model's page, and says beforehand what comes of it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions import database
from predictions.admin.base import page_of
from predictions.admin.editing import confirmed
from predictions.models import Dataset, RegisteredModel
from predictions.models.people.access import May
from scheduling.admin.rules.afterwards import after_judging, who_answers_to
from scheduling.admin.rules.who_decides import WhoDecides
from scheduling.admin.schedules import queue
from scheduling.models import Recipe, Run
from scheduling.models.schedule import TaskName
from scheduling.runs.retraining_parameters import retraining_parameters
from scheduling.sources.known import refuse_known_file
from scheduling.sources.refusals import NothingNew

JUDGED = "It is then judged against the live version"


def same_retraining(model: RegisteredModel, asked: dict[str, Any]) -> Run | None:
    """Return a retraining that waits, or works with the recipe and the rows that there are now."""
    runs = Run.objects.unfinished().filter(registered_model=model, task=TaskName.RETRAIN, parameters=asked)
    recipe = Recipe.history.filter(registered_model=model).order_by("-history_date").first()
    rows = Dataset.objects.uploaded(model, Dataset.Role.TRAINING)
    for changed in (recipe and recipe.history_date, rows and rows.created_at):
        if changed:
            runs = runs.filter(Q(status=Run.Status.QUEUED) | Q(started_at__gte=changed))
    return runs.order_by("pk").first()


def already_asked(run: Run) -> SafeString:
    """Lead to the run that does what was asked for."""
    does = "is at work" if run.status == Run.Status.RUNNING else "waits for its turn"
    told = '<a href="{}">Run {}</a>, which does the same, {}: no second one was queued.'
    return format_html(told, page_of(run), run.pk, does)


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
        *after_judging(model, JUDGED),
        f"{waiting} has not ended yet. If it does the same, no second one is queued." if waiting else "",
    )
    return "\n".join(filter(None, told))


def _nothing_new(model: RegisteredModel) -> str:
    """Say so where it is known without a look into the source."""
    try:
        refuse_known_file(model)
    except NothingNew as found:
        return f"{found.since}. {found.why} It ends at once, without a new version, unless you tick the box."
    return ""


class Retrains(WhoDecides):
    """A button of the model's page starts it."""

    actions = (*WhoDecides.actions, "retrain")

    @confirmed(
        description="Retrain now…", needs=May.REQUEST_RUN, title="Retrain now", form_class=RetrainForm,
        warning=lambda admin, model: what_happens(model),
        shown=lambda admin, request, model: who_answers_to(request.user, model),
    )  # fmt: skip
    def retrain(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        asked = retraining_parameters(**form.cleaned_data)
        with database.atomic():  # of two presses at once the second waits for the first
            RegisteredModel.objects.select_for_update(no_key=True).get(pk=model.pk)
            run = same_retraining(model, asked)
            return already_asked(run) if run else queue(request, TaskName.RETRAIN, model, **asked)
