"""The pipeline of the live version with all its parameters, fitted on the new rows."""

from __future__ import annotations

import io
from typing import Any

from predictions.contract.signature import SignatureSpec
from predictions.models import ModelVersion, RegisteredModel
from predictions.models.promotion import live_promotion
from predictions.registry import artefacts
from predictions.registry.fitness import in_order
from scheduling.models import Recipe
from scheduling.training.fitting import fit
from scheduling.training.job import Job, Trained, name_by
from scheduling.training.refusals import NotPrepared, TrainingFailed
from scheduling.uploads import hosting, sandbox
from scheduling.uploads.cloning import NotClonable, cloned, feature_names
from scheduling.uploads.sandbox import SandboxRefused

ZIP = b"PK"  # what a skops file begins with


def train(recipe: Recipe, job: Job) -> Trained:
    """Refit. Raises `NotPrepared`, `TrainingFailed`, `ArtefactMissing` or `ArtefactCorrupt`."""
    name = name_by(recipe, run=job.run)
    estimator, spec = unfitted(job)
    return Trained(estimator=fit(estimator, job.frame, spec, job.report.warn), name=name)


def unfitted(job: Job) -> tuple[Any, SignatureSpec]:
    """Return a clone of the model's estimator, and the signature with the features in its order.

    Raises `NotPrepared`, `TrainingFailed`, `ArtefactMissing` or `ArtefactCorrupt`.
    """
    version = version_to_refit(job.registered_model)
    content = artefacts.read(version.artefact, sha256=version.artefact_sha256)
    try:
        if version.source == ModelVersion.Source.UPLOADED:
            estimator, names = _of_upload(version, content)
        else:
            estimator, names = _of_our_own(content)
    except (NotClonable, SandboxRefused) as error:
        raise TrainingFailed(f"The version {version.label} cannot be refitted. {error}") from error
    return estimator, in_order(job.spec, names)


def version_to_refit(model: RegisteredModel) -> ModelVersion:
    """Return the live version, or while there is none the newest. Raises `NotPrepared`."""
    live = live_promotion(model)
    version = live.version if live else ModelVersion.objects.of(model).filter(retired_at=None).first()
    if version is None:
        raise NotPrepared(f"{model} has no version to refit. Upload a fitted model, or add a recipe.")
    return version


def _of_our_own(content: bytes) -> tuple[Any, list[str]]:
    """What our trainer wrote, once its hash was proved."""
    import joblib

    estimator = joblib.load(io.BytesIO(content))
    return cloned(estimator), feature_names(estimator)


def _of_upload(version: ModelVersion, content: bytes) -> tuple[Any, list[str]]:
    """The file is opened in the sandbox; what comes back has parameters, and nothing that was learned."""
    if version.rung == ModelVersion.Rung.ONNX_GIVEN or not content.startswith(ZIP):
        kind = "ONNX" if version.rung == ModelVersion.Rung.ONNX_GIVEN else version.filename
        raise NotClonable(
            f"It was uploaded as {kind}, which holds no scikit-learn estimator. Upload the pipeline as a "
            "skops file, or add a recipe."
        )
    found = sandbox.clone(content)
    return hosting.opened(found.skops), found.features
