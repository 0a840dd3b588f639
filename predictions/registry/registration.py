"""How a version enters the registry: files first, the row last."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db.models import Q

from predictions.models import Dataset, ModelVersion, Signature
from predictions.registry import artefacts
from predictions.registry.compiling import Compiled, Rung, own_answers, prove
from predictions.registry.datasets import Table


def register_estimator(
    *, estimator: Any, name: str, signature: Signature, evaluation: Table, training: Dataset, source: str,
    created_by: str, host: Rung | None = None, libraries: dict[str, str] | None = None,
) -> ModelVersion:  # fmt: skip
    """Compile, prove on the evaluation rows and register as `<name>.joblib`, or raise `NotCompilable`.

    `host` is the rung for what has no ONNX form; `libraries` are packages that it needs besides.
    """
    # The estimator's own answers to these rows are kept in `evaluation`.
    import joblib

    spec = signature.spec()
    frame = evaluation.frame(spec)
    own = own_answers(estimator, spec, frame)
    compiled = prove(estimator, spec, spec.answerable(frame), expected=own, host=host)
    compiled = replace(compiled, libraries=(libraries or {}) | compiled.libraries)
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer)
    artefact = buffer.getvalue()
    evaluation.own[artefacts.sha256_of(artefact), spec] = own
    return register_files(
        artefact=artefact, filename=f"{name}.joblib", compiled=compiled, signature=signature,
        name=name, training_dataset=training, source=source, created_by=created_by,
    )  # fmt: skip


def register_files(
    *, artefact: bytes, filename: str, compiled: Compiled, signature: Signature, **columns: Any
) -> ModelVersion:
    """Store artefact and served form, then insert the version; a known artefact keeps its row."""
    stored = store_files(artefact, compiled, model=signature.registered_model.name, filename=filename)
    return ModelVersion.objects.register(signature=signature, **stored | columns)


def store_files(artefact: bytes, compiled: Compiled, *, model: str, filename: str) -> dict[str, Any]:
    """Store artefact and served form; return the columns of the version that are known by that."""
    folder = f"models/{model}"
    suffix = "skops" if compiled.rung == ModelVersion.Rung.HOST else "onnx"
    files = ((artefact, filename), (compiled.served_form, f"served.{suffix}"))
    with kept_files() as paths:  # the disk may have space for the first alone
        for content, name in files:
            paths.append(artefacts.store(content, folder=folder, filename=name))
    return vars(compiled) | {
        "filename": filename,
        "artefact": paths[0],
        "artefact_sha256": artefacts.sha256_of(artefact),
        "served_form": paths[1],
        "served_form_sha256": artefacts.sha256_of(compiled.served_form),
    }


@contextmanager
def kept_files() -> Iterator[list[str]]:
    """Give a list for the paths of stored files; if the block raises, remove those that no row names."""
    paths: list[str] = []
    try:
        yield paths
    except BaseException:
        for path in paths:
            versions = ModelVersion.objects.filter(Q(artefact=path) | Q(served_form=path))
            if not (Dataset.objects.filter(file=path).exists() or versions.exists()):
                artefacts.remove(path)
        raise
