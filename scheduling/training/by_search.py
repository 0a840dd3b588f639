"""The best parameters of the live pipeline, or of an estimator of the list, fitted on all training rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from predictions.tables.typed import moments, numbers
from scheduling.models import GatePolicy, Recipe
from scheduling.runs import drafts
from scheduling.search.rows import GROUP, RANDOM, TIME, Rows
from scheduling.search.searching import search, seeded
from scheduling.search.tried import Found, Parameters, SearchFailed, Tried, best_of
from scheduling.statistics.metrics.table import METRICS
from scheduling.training import by_recipe, refitting
from scheduling.training.fitting import fit, labelled
from scheduling.training.job import Job, Trained, name_by
from scheduling.training.preprocessing import with_preprocessing
from scheduling.training.refusals import TrainingFailed

if TYPE_CHECKING:
    import pandas as pd


def train(recipe: Recipe, job: Job) -> Trained:
    """Search, then fit the best on all rows. Raises `RecipeInvalid`, `TrainingFailed` or as refitting."""
    estimator, spec = _base(recipe, job)
    paths = _paths(estimator, recipe)
    try:
        found = _search(recipe, job, estimator, spec, paths)
    except SearchFailed as error:
        raise TrainingFailed(str(error)) from error
    for text in found.notes:
        job.report.warn(text)
    best = found.parameters
    name = name_by(recipe, run=job.run, **{name: best[path] for name, path in paths.items()})
    return Trained(estimator=fit(estimator.set_params(**best), job.frame, spec, job.report.warn), name=name)


def _base(recipe: Recipe, job: Job) -> tuple[Any, SignatureSpec]:
    """Return what is searched over, unfitted, and the signature with the features in its order."""
    if recipe.estimator:
        estimator = by_recipe.build(recipe.estimator, {}, seed=job.run)
        return with_preprocessing(estimator, job.spec, job.frame), job.spec
    estimator, spec = refitting.unfitted(job)
    return seeded(estimator, job.run), spec


def _paths(estimator: Any, recipe: Recipe) -> dict[str, str]:
    """Return the path of each parameter; one of the list's estimator may be named without its step."""
    known, steps = estimator.get_params(), getattr(estimator, "steps", None)
    last = f"{steps[-1][0]}__" if steps and recipe.estimator else ""
    return {name: name if name in known else f"{last}{name}" for name in recipe.parameters}


def _search(recipe: Recipe, job: Job, estimator: Any, spec: SignatureSpec, paths: dict[str, str]) -> Found:
    policy = GatePolicy.objects.of(job.registered_model)
    with drafts.folder_of(job.run) as folder:
        return search(
            estimator, {path: recipe.parameters[name] for name, path in paths.items()},
            rows_of(job, spec, group_column=policy.group_column),
            method=recipe.search_method, trials=recipe.search_trials, seconds=recipe.search_seconds,
            folds=recipe.search_folds, seed=job.run, metric=policy.primary_metric,
            options=policy.for_the_gate.options(spec.labels), folder=folder,
            report=_telling(recipe, job, policy.primary_metric, paths),
        )  # fmt: skip


def _telling(recipe: Recipe, job: Job, metric: str, paths: dict[str, str]) -> Callable[[Tried], None]:
    """Return what keeps each trial by the names of the recipe, and tells how far the search is."""
    tried: dict[int, Tried] = {}

    def tell(one: Tried) -> None:
        tried[one.proposal.number] = one
        named: Parameters = {name: one.proposal.parameters[path] for name, path in paths.items()}
        job.report.trial(replace(one, proposal=replace(one.proposal, parameters=named)), metric)
        best = best_of(list(tried.values()), sign=METRICS[metric].sign)
        so_far = f", {metric} {best.mean:.4g}" if best else ""
        job.report.progress(
            min(1.0, len(tried) / recipe.search_trials), f"{counted(len(tried), 'trial')}{so_far}"
        )

    return tell


def rows_of(job: Job, spec: SignatureSpec, *, group_column: str) -> Rows:
    """Return the labelled rows, and by what they fall into folds: the rule that held out the evaluation rows.

    Of rows that were held out by no rule, the time column decides, then the groups of the gate policy.
    """
    features, target = labelled(job.frame, spec)
    rule, column = _rule(job.training, group_column)
    table = job.tables.whole(job.training)
    if not table.has(column):
        rule = RANDOM
    by = None if rule == RANDOM else _by(rule, table.column(column)).loc[features.index]
    labels = tuple(spec.labels)
    return Rows(features=features, target=target, labels=labels, rule=rule, by=by)


def _rule(training: Dataset, group_column: str) -> tuple[str, str]:
    held_out = training.snapshot.get("hold_out", {})
    if held_out.get("rule") in (TIME, GROUP):
        return held_out["rule"], held_out["column"]
    if held_out.get("rule") != RANDOM and (time_column := training.snapshot.get("time_column")):
        return TIME, time_column
    return (GROUP, group_column) if group_column else (RANDOM, "")


def _by(rule: str, column: pd.Series) -> pd.Series:
    from pandas.api.types import is_numeric_dtype

    if rule == GROUP:
        return column.astype("object")
    return numbers(column) if is_numeric_dtype(column) else moments(column)
