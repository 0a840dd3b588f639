"""An estimator of the allow-list, with the preprocessing that its features need."""

from __future__ import annotations

import importlib
import random
from typing import Any

from scheduling.models import Recipe
from scheduling.models.setup.estimators import ESTIMATORS
from scheduling.models.setup.recipe import RecipeInvalid
from scheduling.training.fitting import fit
from scheduling.training.job import Job, Trained, name_by
from scheduling.training.preprocessing import with_preprocessing


def train(recipe: Recipe, job: Job) -> Trained:
    """Draw by the recipe and fit. Raises `RecipeInvalid` or `TrainingFailed`."""
    parameters = draw(recipe, seed=job.run)
    name = name_by(recipe, run=job.run, **parameters)
    estimator = build(recipe.estimator, parameters, seed=job.run)
    frame = job.frame
    estimator = with_preprocessing(estimator, job.spec, frame)
    return Trained(estimator=fit(estimator, frame, job.spec, job.report.warn), name=name)


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
