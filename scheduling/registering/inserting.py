"""Files first, then rows: what the runs of registrations write. Where no row came, no file stays."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from predictions.contract.fields import FieldError, InvalidInput
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, Feature, ModelVersion, RegisteredModel, Signature
from predictions.registry import datasets
from predictions.registry.registration import store_files
from scheduling.models import GatePolicy, Run
from scheduling.registering.reading import naming

if TYPE_CHECKING:
    from predictions.tables.reading import FileRead
    from scheduling.uploads.crossing import Examined


def store_dataset(
    model: RegisteredModel, role: str, content: bytes, *, file: FileRead, spec: SignatureSpec, field: str,
    paths: list[str], origin: dict[str, Any] | None = None,
) -> Dataset:  # fmt: skip
    """Store the file of a dataset and return its row, to be saved. Raises `InvalidInput`.

    `origin` is kept with rows that are part of the file that was sent.
    """
    with naming(field):
        dataset = datasets.store(model, role, content, file=file, spec=spec)
    paths.append(dataset.file)
    dataset.snapshot = origin or {}
    return dataset


def version_columns(
    run: Run, field: str, files: dict[str, bytes], examined: Examined, paths: list[str]
) -> dict[str, Any]:
    """Store the files of an uploaded version; return its columns but signature and origin."""
    filename = run.parameters["files"][field]["filename"]
    model = run.registered_model.name
    stored = store_files(files[field], examined.compiled, model=model, filename=filename)
    paths += [stored["artefact"], stored["served_form"]]
    name = run.parameters.get("name") or filename.rsplit(".", 1)[0]
    return stored | {"name": name, "created_by": run.requested_by, "source": ModelVersion.Source.UPLOADED}


def insert_contract(model: RegisteredModel, spec: SignatureSpec, rows: list[Dataset]) -> Signature:
    """Insert signature and datasets. Raises `InvalidInput` where another registration was first."""
    if model.signatures.exists():
        message = f"Another request has registered {model} meanwhile. Choose another name"
        raise InvalidInput([FieldError(field="name", message=message)])
    signature = insert_signature(model, spec)
    for dataset in rows:
        dataset.save()
    return signature


def insert_signature(model: RegisteredModel, spec: SignatureSpec) -> Signature:
    """Insert the next signature of a model with its features. Raises `InvalidInput`."""
    newest = Signature.objects.newest_of(model)
    signature = Signature(
        registered_model=model, number=newest.number + 1 if newest else 1, task=spec.task,
        output_name=spec.output_name, labels=list(spec.labels),
    )  # fmt: skip
    same = [field.name for field in Feature._meta.fields if field.name not in ("id", "signature", "position")]
    features = [
        Feature(signature=signature, position=position, **{name: _plain(getattr(one, name)) for name in same})
        for position, one in enumerate(spec.features)
    ]
    try:
        signature.save()
        for feature in features:
            feature.clean()
    except ValidationError as error:
        messages = "; ".join(error.messages)
        raise InvalidInput([FieldError(field="training", message=messages)]) from None
    Feature.objects.bulk_create(features)
    return signature


def close_features(signature: Signature, spec: SignatureSpec, names: Collection[str]) -> None:
    """Write down which texts are closed lists from the first version on. Raises `InvalidInput`."""
    for one in (feature for feature in spec.features if feature.name in names):
        feature = signature.features.get(name=one.name)
        feature.kind, feature.categories, feature.example = one.kind, list(one.categories), one.example
        try:
            feature.save()
        except ValidationError as error:  # another version was first
            raise InvalidInput([FieldError(field="file", message="; ".join(error.messages))]) from None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def insert_policy(
    model: RegisteredModel, signature: Signature, *, by: str, group: str = "", positive: str = "", **_: Any
) -> None:
    """Write down what was said about the comparison of versions, beside the defaults."""
    label = next((one for one in signature.labels if str(one).lower() == positive.lower()), None)
    if group or label is not None:
        policy = GatePolicy.objects.default_of(model)
        policy.group_column, policy.positive_label = group, label if len(signature.labels) == 2 else None
        policy._history_by = by  # type: ignore[attr-defined]
        policy.save()
