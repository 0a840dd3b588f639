"""An estimator of the allow-list, with the preprocessing that its features need."""

from __future__ import annotations

import importlib
import random
from typing import Any

from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec
from scheduling.models import Recipe
from scheduling.models.recipe import ESTIMATORS, RecipeInvalid
from scheduling.training.fitting import fit
from scheduling.training.job import Job, Trained, name_by


def train(recipe: Recipe, job: Job) -> Trained:
    """Draw by the recipe and fit. Raises `RecipeInvalid` or `TrainingFailed`."""
    parameters = draw(recipe, seed=job.run)
    name = name_by(recipe, run=job.run, **parameters)
    estimator = with_preprocessing(build(recipe.estimator, parameters, seed=job.run), job.spec)
    return Trained(estimator=fit(estimator, job.frame, job.spec, job.report.warn), name=name)


def draw(recipe: Recipe, *, seed: int) -> dict[str, Any]:
    """Return one value of each parameter; the same seed draws the same."""
    chance = random.Random(seed)
    return {name: chance.choice(values) for name, values in sorted(recipe.parameters.items())}


def build(name: str, parameters: dict[str, Any], *, seed: int) -> Any:
    """Return an unfitted estimator of the allow-list. Raises `RecipeInvalid`."""
    estimator_class = getattr(importlib.import_module(ESTIMATORS[name]), name)
    seeded = {"random_state": seed} if "random_state" in estimator_class().get_params() else {}
    try:
        return estimator_class(**seeded | parameters)
    except TypeError as error:
        raise RecipeInvalid("parameters", str(error)) from None


def with_preprocessing(estimator: Any, spec: SignatureSpec) -> Any:
    """Return the estimator behind what its features need: means for gaps, a column for each text seen.

    Timestamps are left out: as numbers, those that come later lie outside of all that it was fitted on.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    numbers = [f.name for f in spec.features if f.kind.is_number and f.kind is not Kind.TIMESTAMP]
    texts = [feature.name for feature in spec.features if feature.kind.is_text]
    if len(numbers) == len(spec.features):
        complete = all(feature.required for feature in spec.features)
        return estimator if complete else make_pipeline(SimpleImputer(), estimator)
    columns: list[Any] = [(OneHotEncoder(handle_unknown="ignore"), texts)] if texts else []
    if numbers:
        columns.append((SimpleImputer(), numbers))
    return make_pipeline(make_column_transformer(*columns), estimator)
