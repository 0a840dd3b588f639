"""From dataset and recipe to a registered candidate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from predictions.registry.datasets import Table, Tables
from predictions.registry.registration import register_estimator
from scheduling.models import Recipe
from scheduling.training import by_recipe, by_search, refitting
from scheduling.training.fitting import fit
from scheduling.training.job import Job, Report, Trained
from scheduling.training.own_code import trainer
from scheduling.training.preprocessing import with_preprocessing
from scheduling.training.refusals import NotPrepared
from scheduling.uploads import hosting


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
        raise NotPrepared(
            f"The columns of {registered_model} are not known yet. Register it with its data first."
        )
    return signature


def train_candidate(
    registered_model: RegisteredModel,
    *,
    run: int,
    tables: Tables,
    training: Dataset | None = None,
    evaluation: Dataset | None = None,
    report: Report | None = None,
) -> ModelVersion:
    """Train by the recipe, or refit where there is none; compile and register. `run` is also the seed.

    Where a dataset is not given it is the newest of its role. Raises `RecipeInvalid`, `NotPrepared`,
    `TrainingFailed`, `DatasetInvalid`, `ArtefactMissing`, `ArtefactCorrupt` or `NotCompilable`.
    """
    recipe = Recipe.objects.filter(registered_model=registered_model).first()
    recipe = recipe or Recipe(registered_model=registered_model, kind=Recipe.Kind.REFIT)
    recipe.check_recipe()
    signature = newest_signature(registered_model)
    job = Job(
        registered_model=registered_model,
        run=run,
        spec=signature.spec(),
        training=training or current_dataset(registered_model, Dataset.Role.TRAINING),
        tables=tables,
        report=report or Report(),
    )
    evaluation = evaluation or current_dataset(registered_model, Dataset.Role.EVALUATION)
    trained = TRAIN[recipe.kind](recipe, job)
    job.report.fitted()
    origin = {"source": ModelVersion.Source.TRAINED, "created_by": f"run {run}"}
    return _registered(trained, signature, job.training, tables.of(evaluation), **origin)


TRAIN: dict[str, Callable[[Recipe, Job], Trained]] = {
    Recipe.Kind.REFIT: refitting.train,
    Recipe.Kind.ESTIMATOR: by_recipe.train,
    Recipe.Kind.TRAINER: trainer.train,
    Recipe.Kind.SEARCH: by_search.train,
}


def fit_and_register(
    estimator: Any,
    *,
    name: str,
    registered_model: RegisteredModel,
    source: str,
    created_by: str,
    tables: Tables,
) -> ModelVersion:
    """Fit the estimator on the newest rows, with preprocessing where it is needed; compile and register."""
    signature = newest_signature(registered_model)
    training = current_dataset(registered_model, Dataset.Role.TRAINING)
    evaluation = current_dataset(registered_model, Dataset.Role.EVALUATION)
    spec = signature.spec()
    frame = tables.whole(training).frame(spec)
    trained = Trained(estimator=fit(with_preprocessing(estimator, spec, frame), frame, spec), name=name)
    return _registered(
        trained, signature, training, tables.of(evaluation), source=source, created_by=created_by
    )


def _registered(
    trained: Trained, signature: Signature, training: Dataset, evaluation: Table, **origin: str
) -> ModelVersion:
    return register_estimator(
        estimator=trained.estimator, name=trained.name, libraries=trained.libraries, signature=signature,
        training=training, evaluation=evaluation, host=hosting.OWN, **origin,
    )  # fmt: skip
