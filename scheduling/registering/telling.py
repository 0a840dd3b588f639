"""What came of a registration, the same for every door: what is there, and what was decided."""

from __future__ import annotations

from typing import Any

from predictions.conf import config
from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from predictions.models.people.access import May, allowed
from predictions.paths import path_info_of
from scheduling.models import Run

WITHOUT_VALUES = ("name", "role", "kind", "missing", "distinct")


def told_signature(signature: Signature | None) -> dict[str, Any] | None:
    """Return the contract as JSON; what a feature does not have is left out."""
    if signature is None:
        return None
    features = [
        {name: value for name, value in row.items() if value not in (None, [], "")}
        for row in signature.features.order_by("position").values(
            "name", "kind", "required", "minimum", "exclusive_minimum", "maximum", "exclusive_maximum",
            "categories", "example", "description",
        )
    ]  # fmt: skip
    same = {name: getattr(signature, name) for name in ("number", "task", "labels")}
    return same | {"output": signature.output_name, "features": features}


def told_model(model: RegisteredModel, run: Run | None, version: ModelVersion | None) -> dict[str, Any]:
    """Return what there is of a model now, and what the run made of it."""
    signature = version.signature if version else Signature.objects.newest_of(model)
    return {
        **_of_run(run),
        "model": model.name,
        "signature": told_signature(signature),
        "version": version.label if version else None,
    }


def told_dataset(dataset: Dataset, run: Run | None, *, reader: Any) -> dict[str, Any]:
    """Return a dataset; the values in it only for those who may read them."""
    model = dataset.registered_model
    same = ("id", "role", "sha256", "rows", "format", "notes", "created_at")
    facts = {name: getattr(dataset, name) for name in same}
    columns = dataset.columns_shown()
    if not allowed(reader, May.READ_LOG, model):
        columns = [{name: one[name] for name in WITHOUT_VALUES if name in one} for one in columns]
    return {**_of_run(run), "model": model.name, "dataset": facts | {"columns": columns}}


def told_manifest(version: ModelVersion) -> dict[str, Any]:
    """Return all that is needed to know a version's files again, and what they were made from."""
    same = (
        "name", "filename", "artefact_sha256", "served_form_sha256", "rung", "refused_rungs", "estimator",
        "params", "libraries", "parity", "source", "created_by", "created_at", "retired_at",
    )  # fmt: skip
    training = version.training_dataset
    origin = (
        {name: getattr(training, name) for name in ("id", "role", "sha256", "rows")} if training else None
    )
    return {
        "model": version.registered_model.name,
        "version": version.label,
        **{name: getattr(version, name) for name in same},
        "trained_on": origin,
        "signature": told_signature(version.signature),
    }


def run_of(version: ModelVersion) -> Run | None:
    """Return the newest run that judged a version."""
    return Run.objects.filter(candidate=version).first()


def _of_run(run: Run | None) -> dict[str, Any]:
    if run is None:
        return {
            "run": None,
            "decision": "",
            "reason": "It is registered already.",
            "notes": [],
            "evidence": None,
        }
    evidence = path_info_of("evidence", pk=run.pk) if run.candidate_id else None
    return {
        "run": run.pk, "decision": run.decision, "reason": run.reason, "notes": run.notes,
        "evidence": evidence and config.API_BASE_URL.rstrip("/") + evidence,
    }  # fmt: skip
