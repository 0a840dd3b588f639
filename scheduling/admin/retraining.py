"""The action that starts a retraining from a model's page."""

from django import forms
from django.http import HttpRequest

from predictions.admin.editing import confirmed
from predictions.models import RegisteredModel
from predictions.models.people.access import May
from scheduling.admin.rules.who_decides import WhoDecides
from scheduling.admin.schedules import queue
from scheduling.models import Run
from scheduling.models.schedule import TaskName

AFTERWARDS = (
    "It is then judged against the live version, and goes live if it passes and the policy lets the program "
    "decide. Until then nothing changes for those who ask for predictions."
)


def what_happens(model: RegisteredModel) -> str:
    """Say what a retraining of this model does, before it is asked for."""
    recipe = getattr(model, "recipe", None)
    how = (
        f"by the model's recipe ({recipe.what})" if recipe else "as the live version was: there is no recipe"
    )
    told = f"A run fits a new version on the newest training rows, {how}.\n{AFTERWARDS}"
    waiting = Run.objects.filter(registered_model=model, task=TaskName.RETRAIN).unfinished().first()
    return f"{told}\n{waiting} has not ended yet; this one comes after it." if waiting else told


class Retrains(WhoDecides):
    """A button of the model's page starts it."""

    actions = (*WhoDecides.actions, "retrain")

    @confirmed(
        description="Retrain now…", needs=May.REQUEST_RUN, title="Retrain now",
        warning=lambda admin, model: what_happens(model),
    )  # fmt: skip
    def retrain(self, request: HttpRequest, model: RegisteredModel, form: forms.Form) -> str:
        return queue(request, TaskName.RETRAIN, model)
