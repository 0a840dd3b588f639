"""What people decide about a model, a tab each: a sentence, what holds now, and where it is changed."""

from collections.abc import Callable
from typing import Any

from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from scheduling.models import DataSource, Recipe, Schedule
from scheduling.pages.tabs.access import access_tab
from scheduling.pages.tabs.limits import limits_tab
from scheduling.pages.tabs.policy import policy_tab
from scheduling.pages.tabs.setting_shape import Block, Setting, page_of, values_of


def setting_of(tab: str, model: RegisteredModel, user: Any) -> Setting:
    """Return what the tab of this name shows."""
    if tab == ACCESS:
        return access_tab(model, user)
    return OF_POLICY[tab](model, allowed(user, May.CHANGE_POLICY, model))


def _recipe(model: RegisteredModel, may: bool) -> Setting:
    recipe = Recipe.objects.filter(registered_model=model).first()
    blocks = [Block(heading=str(recipe), values=list(values_of(recipe)))] if recipe else []
    return Setting(
        sentence="A recipe says how a retraining makes a new version: which estimator is fitted, with which "
        "parameters, or which code of yours is called.",
        blocks=blocks, href=page_of(Recipe, recipe.pk if recipe else None, model),
        action="Change the recipe" if recipe else "Make a recipe…", may=may,
        empty="This model has no recipe yet: a retraining fits the pipeline of the live version anew.",
    )  # fmt: skip


def _schedule(model: RegisteredModel, may: bool) -> Setting:
    rows = Schedule.objects.filter(registered_model=model)
    blocks = [
        Block(
            heading=f"{row.name}{'' if row.enabled else ' (switched off)'}",
            values=[("does", row.get_task_display()), ("when", row.in_words)],
            href=page_of(Schedule, row.pk, model),
        )
        for row in rows
    ]
    return Setting(
        sentence="A schedule makes the program act by itself: retrain, judge the newest version, or tidy up.",
        blocks=blocks, href=page_of(Schedule, None, model), action="Add a schedule", may=may,
        empty="This model has no schedule: nothing happens until somebody asks for it.",
    )  # fmt: skip


def _sources(model: RegisteredModel, may: bool) -> Setting:
    rows = DataSource.objects.filter(registered_model=model)
    blocks = [
        Block(heading=str(row), values=list(values_of(row)), href=page_of(DataSource, row.pk, model))
        for row in rows
    ]
    return Setting(
        sentence="A source says where a retraining takes its rows from, and which of them judge the "
        "candidate. Without one it is the newest file that was sent.",
        blocks=blocks, href=page_of(DataSource, None, model), action="Add a source", may=may,
        empty="This model has no source.",
    )  # fmt: skip


OF_POLICY: dict[str, Callable[[RegisteredModel, bool], Setting]] = {
    "policy": policy_tab,
    "limits": limits_tab,
    "recipe": _recipe,
    "schedule": _schedule,
    "sources": _sources,
}
ACCESS = "access"
SETTINGS = frozenset({*OF_POLICY, ACCESS})
