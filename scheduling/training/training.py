"""From dataset and recipe to a registered candidate."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from predictions.contract.error_texts import kind_of
from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from predictions.registry.datasets import Tables
from predictions.registry.registration import register_estimator
from scheduling.models import Recipe
from scheduling.models.recipe import ESTIMATORS, PLAIN, RecipeInvalid
from scheduling.uploads import hosting

if TYPE_CHECKING:
    import pandas as pd

MAX_NAME = 100


class TrainingFailed(Exception):
    """The estimator could not be fitted."""


class NotPrepared(Exception):
    """The registered model has no signature yet, or no dataset for a role; the message has the remedy."""


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


def current_dataset(registered_model: RegisteredModel, role: str) -> Dataset:
    """Return the newest dataset in this role. Raises `NotPrepared` with the remedy."""
    dataset = Dataset.objects.current(registered_model, role)
    if dataset is None:
        raise NotPrepared(f"{registered_model} has no {role} dataset. Register one first.")
    return dataset


def newest_signature(registered_model: RegisteredModel) -> Signature:
    """Return the signature new versions are made for. Raises `NotPrepared` with the remedy."""
    signature = Signature.objects.newest_of(registered_model)
    if signature is None:
        raise NotPrepared(f"{registered_model} has no signature. Add one first.")
    return signature


def train_candidate(
    registered_model: RegisteredModel,
    *,
    run: int,
    tables: Tables,
    training: Dataset | None = None,
    evaluation: Dataset | None = None,
    fitted: Callable[[], None] = lambda: None,
) -> ModelVersion:
    """Draw by the recipe, fit, call `fitted`, compile and register; `run` is also the seed.

    Raises `RecipeInvalid`, `NotPrepared`, `DatasetInvalid`, `ArtefactMissing` or `NotCompilable`.
    """
    recipe = Recipe.objects.filter(registered_model=registered_model).first()
    if recipe is None:
        raise RecipeInvalid("registered_model", f"{registered_model} has no recipe. Add one first.")
    recipe.check_recipe()
    parameters = draw(recipe, seed=run)
    estimator = build(recipe.estimator, parameters, seed=run)
    name = recipe.name_template.format(run=run, **parameters)
    if not PLAIN.fullmatch(name) or len(name) > MAX_NAME:
        why = f"{name!r} is not a file name. Use at most {MAX_NAME} letters, digits and any of . _ -"
        raise RecipeInvalid("name_template", why)
    return fit_and_register(
        estimator,
        name=name,
        registered_model=registered_model,
        source=ModelVersion.Source.TRAINED,
        created_by=f"run {run}",
        tables=tables,
        training=training,
        evaluation=evaluation,
        fitted=fitted,
    )


def fit_and_register(
    estimator: Any,
    *,
    name: str,
    registered_model: RegisteredModel,
    source: str,
    created_by: str,
    tables: Tables,
    training: Dataset | None = None,
    evaluation: Dataset | None = None,
    fitted: Callable[[], None] = lambda: None,
) -> ModelVersion:
    """Fit the estimator, with preprocessing where the signature needs it, then compile and register.

    Where a dataset is not given it is the newest of its role.
    """
    signature = newest_signature(registered_model)
    training = training or current_dataset(registered_model, Dataset.Role.TRAINING)
    evaluation = evaluation or current_dataset(registered_model, Dataset.Role.EVALUATION)
    spec = signature.spec()
    frame = tables.of(training).frame(spec)
    estimator = fit(estimator, frame, spec)
    fitted()
    return register_estimator(
        estimator=estimator,
        name=name,
        signature=signature,
        evaluation=tables.of(evaluation),
        training=training,
        source=source,
        created_by=created_by,
        host=hosting.OWN,
    )


def fit(estimator: Any, frame: pd.DataFrame, spec: SignatureSpec) -> Any:
    """Return the estimator, fitted, with what the signature needs before it.

    Raises `TrainingFailed` where scikit-learn refuses parameters, in its words, or data, by the kind.
    """
    from sklearn.utils._param_validation import InvalidParameterError

    estimator = with_preprocessing(estimator, spec)
    try:
        labelled = frame[frame[spec.output_name].notna()]
        estimator.fit(spec.given(labelled), labelled[spec.output_name])
    except InvalidParameterError as error:  # raised before a row is looked at
        raise TrainingFailed(f"scikit-learn does not accept the parameters of the recipe: {error}") from error
    except (TypeError, ValueError) as error:
        why = kind_of(error)
        raise TrainingFailed(f"scikit-learn could not fit the recipe on the training data: {why}") from error
    return estimator


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
