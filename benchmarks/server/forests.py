"""The versions that are asked: forests of 12 and of 96 trees, and one that answers otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from predictions.conf import config
from predictions.models import Dataset, ModelVersion, RegisteredModel, Worker
from predictions.models.promotion import live_promotion
from predictions.registry.datasets import Tables, read_frame
from predictions.registry.promotion import Approval, promote
from predictions.registry.registration import register_estimator
from scheduling.judging.answers import own_answers
from scheduling.training.by_recipe import build
from scheduling.training.training import current_dataset, fit_and_register, newest_signature

MODEL = "iris"
FOREST = "RandomForestClassifier"


@dataclass(frozen=True)
class Forests:
    """Registered versions of the demo's model; `shifted` names another species than `small` always."""

    small: ModelVersion
    large: ModelVersion
    shifted: ModelVersion


def register() -> Forests:
    """Train and register all three on the demo's data."""
    return Forests(small=_plain(12), large=_plain(96), shifted=_shifted(12))


def _plain(trees: int) -> ModelVersion:
    return fit_and_register(
        build(FOREST, {"n_estimators": trees}, seed=0),
        name=f"rf-{trees}",
        registered_model=RegisteredModel.objects.get(name=MODEL),
        source=ModelVersion.Source.TRAINED,
        created_by="benchmarks",
        tables=Tables(),
    )


def _shifted(trees: int) -> ModelVersion:
    """A forest fitted on each species' successor: no row is answered alike by it and by the plain one."""
    model = RegisteredModel.objects.get(name=MODEL)
    signature, training = newest_signature(model), current_dataset(model, Dataset.Role.TRAINING)
    spec = signature.spec()
    frame = read_frame(training, spec)
    successor = dict(zip(spec.labels, spec.labels[1:] + spec.labels[:1], strict=True))
    estimator = build(FOREST, {"n_estimators": trees}, seed=0)
    estimator.fit(frame[[f.name for f in spec.features]], frame[spec.output_name].map(successor))
    return register_estimator(
        estimator=estimator,
        name=f"rf-{trees}-shifted",
        signature=signature,
        evaluation=Tables().of(current_dataset(model, Dataset.Role.EVALUATION)),
        training=training,
        source=ModelVersion.Source.TRAINED,
        created_by="benchmarks",
    )


def artefact(version: ModelVersion) -> Path:
    """Return the joblib file that a rival loads."""
    return config.MEDIA_ROOT / version.artefact


def served_form(version: ModelVersion) -> Path:
    """Return the ONNX file that we and the hand-made rival load."""
    return config.MEDIA_ROOT / version.served_form


def make_live(version: ModelVersion) -> None:
    """Flip to this version, unless it is live."""
    newest = live_promotion(version.registered_model)
    if newest is None or newest.version_id != version.pk:
        approval = Approval(by="benchmarks", reason="A flip to be measured.")
        promote(version=version, replacing=newest, approval=approval)


def serve_it(version: ModelVersion, workers: int) -> list[Worker] | None:
    """Return the workers if there are that many and all report this version of the model; else None."""
    alive = list(Worker.objects.alive())
    label = version.label
    if len(alive) == workers and all(worker.serves.get(MODEL) == label for worker in alive):
        return alive
    return None


def bodies() -> list[dict[str, Any]]:
    """Return a request body for each row of the evaluation data."""
    model = RegisteredModel.objects.get(name=MODEL)
    spec = newest_signature(model).spec()
    frame = read_frame(current_dataset(model, Dataset.Role.EVALUATION), spec)
    names = [feature.name for feature in spec.features]
    return [dict(zip(names, row, strict=True)) for row in spec.rows_of(frame)]


def answers(version: ModelVersion) -> list[Any]:
    """Return what scikit-learn itself answers to the evaluation data: the labels, in order."""
    model = version.registered_model
    spec = version.signature.spec()
    frame = read_frame(current_dataset(model, Dataset.Role.EVALUATION), spec)
    return own_answers(version, frame).outputs
