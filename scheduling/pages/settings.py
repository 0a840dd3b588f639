"""What people decide about a model, a tab each: a sentence, what holds now, and where it is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from predictions.models import RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May, allowed
from predictions.models.people.roles import roles_of
from predictions.paths import admin_path
from scheduling.checks import CHECKS
from scheduling.evidence_page.words import title_of
from scheduling.models import CheckLimit, DataSource, GatePolicy, Recipe, Schedule, Slice

DECIDES = (  # of a policy, what is read first
    "who promotes", "promote when", "primary metric", "least gain", "margin", "relative", "minimum values",
)  # fmt: skip
HIDDEN = ("id", "registered_model")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One row of a table, or one list: a heading, names with values, and where it is changed."""

    heading: str
    values: list[tuple[str, str]]
    href: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One tab."""

    sentence: str
    blocks: list[Block]
    href: str  # where it is changed, or added
    action: str
    may: bool
    empty: str = ""  # what holds where there is no block
    links: list[tuple[str, str]] = field(default_factory=list)


def setting_of(tab: str, model: RegisteredModel, user: Any) -> Setting:
    """Return what the tab of this name shows."""
    may = allowed(user, May.CHOOSE_ACCESS if tab == "access" else May.CHANGE_POLICY, model)
    return SETTINGS[tab](model, may)


def _policy(model: RegisteredModel, may: bool) -> Setting:
    policy = GatePolicy.objects.of(model)
    values = dict(values_of(policy))
    decides = [(name, values.pop(name)) for name in DECIDES if name in values]
    heading = "When a candidate goes live" if policy.pk else "The default for this model"
    blocks = [
        Block(heading=heading, values=decides),
        Block(
            heading="Details of the metric, and of the watch after going live", values=list(values.items())
        ),
    ]
    return Setting(
        sentence="The policy says when a candidate goes live: by which metric it is compared with the live "
        "version, by how much, and whether the program or a person decides. "
        "The form shows what your values would have decided on the last ten runs, before you save them.",
        blocks=blocks, href=page_of(GatePolicy, policy.pk, model), action="Change the policy", may=may,
        links=[("Play the whole past under several policies",
                                admin_path("model-simulation", model.pk))],
    )  # fmt: skip


def _limits(model: RegisteredModel, may: bool) -> Setting:
    """Only what differs: the page of checks has all."""
    changed = {row.check_id: row for row in CheckLimit.objects.filter(registered_model=model)}
    blocks = [
        Block(
            heading=f"{title_of(check_id)} ({check_id})",
            values=_limits_of(row),
            href=page_of(CheckLimit, row.pk, model),
        )
        for check_id, row in changed.items()
    ]
    slices = [(one.name, one.condition) for one in Slice.objects.filter(registered_model=model)]
    if slices:
        blocks.append(Block(heading="Slices on which no candidate may be worse", values=slices))
    rest = len(CHECKS) - len(changed)
    return Setting(
        sentence="A check is one question that is asked of each candidate, with a limit that you can "
        f"move. {rest} of {len(CHECKS)} checks have their default limits; the others are shown here.",
        blocks=blocks, href=admin_path("model-checks", model.pk),
        action="All checks and limits", may=True,
    )  # fmt: skip


def _limits_of(row: CheckLimit) -> list[tuple[str, str]]:
    said = [] if row.enabled else [("asked", "no, it is switched off")]
    if row.blocking is not None:
        said.append(("a failure stops the promotion", "yes" if row.blocking else "no, it only reports"))
    return said + [(name, str(value)) for name, value in row.limits.items()]


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


def _access(model: RegisteredModel, may: bool) -> Setting:
    """Who has which role is shown to those who may choose it."""
    who = "everybody may read about it and ask it for predictions" if model.public else "only the people and "
    who = who if model.public else f"{who}groups with a role may read about it and ask it"
    kind = "public" if model.public else "private"
    found = roles_of(model) if may else {}
    values = [(role, ", ".join(map(str, people)) or "nobody") for role, people in found.items()]
    needs = "a role" if grants.ARE_KEPT else "a permission, which is given for all models alike"
    return Setting(
        sentence=f"{model} is {kind}: {who}. Everything else needs {needs}.",
        blocks=[Block(heading="Who has which role", values=values)] if values else [],
        href=admin_path("model-access", model.pk), action="Change who may do what",
        may=may and grants.ARE_KEPT,
    )  # fmt: skip


SETTINGS: dict[str, Callable[[RegisteredModel, bool], Setting]] = {
    "policy": _policy,
    "limits": _limits,
    "recipe": _recipe,
    "schedule": _schedule,
    "sources": _sources,
    "access": _access,
}


def values_of(row: Model) -> Iterator[tuple[str, str]]:
    """Name and value of each column in words, without those that are empty."""
    for column in row._meta.fields:
        value = getattr(row, column.attname)
        if column.name in HIDDEN or value in (None, "", {}, []):
            continue
        if isinstance(value, dict):
            yield str(column.verbose_name), ", ".join(f"{name}: {inner}" for name, inner in value.items())
        elif isinstance(value, bool):
            yield str(column.verbose_name), "yes" if value else "no"
        else:
            yield str(column.verbose_name), str(dict(column.flatchoices).get(value, value))


def page_of(kind: type[Model], pk: int | None, model: RegisteredModel) -> str:
    """Return where such a row is changed; without `pk`, where one is added for this model."""
    name = f"{kind._meta.app_label}_{kind._meta.model_name}"
    if pk is None:
        return f"{admin_path(f'{name}_add')}?registered_model={model.pk}"
    return admin_path(f"{name}_change", pk)
