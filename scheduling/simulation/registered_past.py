"""A registered model's past: its periods, and its versions or its recipe as their candidates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pandas as pd

from predictions.contract.signature import SignatureSpec
from predictions.models import RegisteredModel
from predictions.registry.datasets import Table, Tables
from scheduling.checks.comparison.absolute_floors import AbsoluteFloors
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.evidence.provenance import Policy
from scheduling.judging.answers import NotComparable
from scheduling.judging.gathering import groupings_by
from scheduling.judging.inputs import checks_in_force
from scheduling.models import GatePolicy, Recipe
from scheduling.models.setup.recipe import RecipeInvalid
from scheduling.simulation.candidates import RECIPE, VERSIONS, ByRecipe, ByVersions, Candidates, versions_of
from scheduling.simulation.past import Past, Rows
from scheduling.simulation.periods import Period, periods_of
from scheduling.statistics.metrics.table import METRICS
from scheduling.training.refusals import NotPrepared
from scheduling.training.training import newest_signature


class NothingToPlay(Exception):
    """The model has no past of this kind; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to play. `candidates`: recipe, versions, or empty for the recipe if there is one."""

    candidates: str = ""
    amounts: tuple[float, ...] = ()  # margins and least gains to try; empty: some that fit the metric
    since: datetime | None = None
    last: int | None = None


@dataclass(frozen=True, kw_only=True)
class RegisteredPast:
    """The past with what names its parts. `left_out` are sentences about evaluation sets."""

    model: RegisteredModel
    kind: str
    candidates: Candidates
    periods: Sequence[Period]
    left_out: list[str]
    past: Past


def open_past(model: RegisteredModel, question: Question) -> RegisteredPast:
    """Find the periods and their candidates. Nothing is fitted or answered yet. Raises `NothingToPlay`."""
    try:
        spec = newest_signature(model).spec()
    except NotPrepared as error:
        raise NothingToPlay(str(error)) from None
    policy = GatePolicy.objects.of(model).for_the_gate
    if METRICS[policy.primary_metric].task != spec.task:
        why = f"compares by {policy.primary_metric}, which is no metric of a {spec.task}. Choose another one."
        raise NothingToPlay(f"The policy of {model} {why}")
    periods, left_out = periods_of(model, spec, since=question.since, last=question.last)
    if not periods:
        since = f" since {question.since:%Y-%m-%d}" if question.since else ""
        why = " ".join(left_out) or "Register one for each period of time, such as a month."
        raise NothingToPlay(f"{model} has no evaluation set to play{since}. {why}")
    kind, candidates = _candidates(model, question.candidates, periods, spec)
    past = _past(model, policy, candidates, periods, spec)
    return RegisteredPast(
        model=model, kind=kind, candidates=candidates, periods=periods, left_out=left_out, past=past
    )


def _candidates(
    model: RegisteredModel, asked: str, periods: Sequence[Period], spec: SignatureSpec
) -> tuple[str, Candidates]:
    recipe = Recipe.objects.filter(registered_model=model).first()
    kind = asked or (RECIPE if recipe and recipe.kind == Recipe.Kind.ESTIMATOR else VERSIONS)
    if kind == VERSIONS:
        versions = list(versions_of(model, periods))
        if not any(versions):
            why = "that was trained for one of its evaluation sets or registered before it"
            raise NothingToPlay(f"{model} has no version {why}. Register versions, or add and play a recipe.")
        return kind, ByVersions(spec=spec, versions=versions)
    if recipe is None:
        raise NothingToPlay(f"{model} has no recipe. Add one, or take its versions: --candidates versions.")
    if recipe.kind != Recipe.Kind.ESTIMATOR:
        raise NothingToPlay(
            f"The recipe of {model} is no estimator with drawn values, and only those are played. Take its "
            "versions: --candidates versions."
        )
    try:
        recipe.check_recipe()
    except RecipeInvalid as error:
        raise NothingToPlay(f"The recipe of {model} is invalid: {error}") from None
    return kind, ByRecipe(recipe=recipe, spec=spec, periods=periods)


def _past(
    model: RegisteredModel,
    policy: Policy,
    candidates: Candidates,
    periods: Sequence[Period],
    spec: SignatureSpec,
) -> Past:
    """Return the past, with the floors and the alpha that the model's checks have in force."""
    checks = {one.check.id: one.check for one in checks_in_force(model) if one.blocking}
    asked = checks.get(EvaluationMetrics.id)

    @lru_cache(maxsize=2)  # a period, and the one after
    def read(period: int) -> tuple[Table, pd.DataFrame]:
        table = Tables().of(periods[period].evaluation)
        return table, spec.answerable(table.frame(spec))

    def rows(period: int) -> Rows:
        table, judged = read(period)
        try:
            return Rows(frame=judged, groupings=groupings_by(policy, table, judged, spec))
        except NotComparable as error:
            return Rows(frame=judged, problem=str(error))

    return Past(
        policy=policy,
        spec=spec,
        periods=len(periods),
        rows=rows,
        answers=lambda version, period: candidates.answers(version, *read(period)),
        keep_only=candidates.keep_only,
        has_floors=AbsoluteFloors.id in checks,
        alpha=asked.alpha if isinstance(asked, EvaluationMetrics) else EvaluationMetrics.alpha,
    )
