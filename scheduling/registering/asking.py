"""What every door does: check what can be checked at once, and queue the run that does the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from predictions.contract.fields import FieldError, InvalidInput
from predictions.models import Dataset, ModelVersion, RegisteredModel
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.runs.parcels import Parcel
from scheduling.runs.quarantine import PREVIEW
from scheduling.uploads.refusals import Refused, refuse_other_kinds

TRAINING = "training"  # "trained on the current training set"
ENOUGH_TO_KNOW = 4096  # bytes
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class NameTaken(Exception):
    """There is such a model, with other data."""

    field = "name"


class NotRegisteredYet(Exception):
    """The model has no signature yet."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, and by which door; with `key` a repeated request is the same run."""

    by: str
    trigger: str
    key: str = ""
    allows: Callable[[RegisteredModel | None], None] = lambda model: None  # raises where this person may not
    makes: Callable[[RegisteredModel], None] = lambda model: None  # is told of a new model


def ask_for_model(
    asker: Asker, parcel: Parcel, *, name: str, output: str, trained_on: str = "", title: str = "",
    public: bool = False, data_changes: bool = True, preview: bool = False, **question: Any,
) -> Run | None:  # fmt: skip
    """Queue the registration of a model with its data and, if there is one, its first version.

    With `preview` the files are only read, and wait for the person to confirm what was inferred.
    `question` is what `inference.infer` takes. None: all of it is there already. Raises `InvalidInput`,
    `NameTaken` or `KeyReused`.
    """
    refuse_other_file(parcel, "model")
    if trained_on not in ("", TRAINING, parcel.sha256_of("training"), parcel.sha256_of("evaluation")):
        raise _wrong_origin(f"Input should be {TRAINING}, or the sha256 of one of the two files")
    what = PREVIEW if preview else "model"
    parameters = {"what": what, "output": output, "trained_on": trained_on, "question": question}
    facts = {"title": title or name, "public": public, "data_changes": data_changes}
    with transaction.atomic():
        model = _locked(asker, name, facts)
        if not _is_repeated(asker):
            if model.signatures.exists() and _is_there(model, parcel):
                return None
            _refuse_taken(model, parameters | parcel.parameters)
        return _queue(asker, parcel, TaskName.REGISTER, model, parameters)


def ask_for_dataset(asker: Asker, parcel: Parcel, *, model: RegisteredModel, role: str) -> Run | None:
    """Queue the registration of a dataset; None where it is there already. Raises `NotRegisteredYet`."""
    _refuse_empty(model)
    parameters = {"what": "dataset", "role": role}
    with transaction.atomic():
        if not _is_repeated(asker) and dataset_of(model, role, parcel.sha256_of("file")):
            return None
        return _queue(asker, parcel, TaskName.REGISTER, model, parameters)


def ask_for_version(
    asker: Asker, parcel: Parcel, *, model: RegisteredModel, name: str = "", trained_on: str = "",
    again: bool = False,
) -> Run | None:  # fmt: skip
    """Queue the upload of a version; None where it is there already, and nothing new is said of it.

    With `again` one that is there is judged again.
    `trained_on` is "training" or the sha256 of one of the model's datasets. Raises `InvalidInput`,
    `NotRegisteredYet` or `KeyReused`.
    """
    _refuse_empty(model)
    refuse_other_file(parcel, "file")
    filename = parcel.files["file"]["filename"]
    origin = _origin(model, trained_on)
    parameters = {"name": name or filename.rsplit(".", 1)[0], "trained_on": origin.sha256 if origin else ""}
    with transaction.atomic():
        version = None if again or _is_repeated(asker) else version_of(model, parcel.sha256_of("file"))
        if version and (origin is None or version.training_dataset_id):
            _refuse_other_origin(version, origin)
            return None
        return _queue(asker, parcel, TaskName.UPLOAD, model, parameters)


def dataset_of(model: RegisteredModel, role: str, sha256: str) -> Dataset | None:
    """Return the dataset of this role that is this file."""
    return model.datasets.filter(role=role, sha256=sha256).first()


def version_of(model: RegisteredModel, sha256: str) -> ModelVersion | None:
    """Return the version of the newest signature that was made from this file."""
    signature = model.signatures.order_by("-number").first()
    return signature.versions.filter(artefact_sha256=sha256).first() if signature else None


def refuse_other_file(parcel: Parcel, name: str) -> None:
    """Raise `InvalidInput` where a model file's first bytes are those of another kind, or its name is bad."""
    if name in parcel.files:
        if not PLAIN_NAME.fullmatch(parcel.files[name]["filename"]):
            message = "The name of the file should be up to 100 letters, digits, dots, hyphens, underscores"
            raise InvalidInput([FieldError(field=name, message=message)])
        try:
            refuse_other_kinds(parcel.beginning_of(name, ENOUGH_TO_KNOW))
        except Refused as error:
            raise InvalidInput([FieldError(field=name, message=str(error))]) from None


def _locked(asker: Asker, name: str, facts: dict[str, Any]) -> RegisteredModel:
    """Return the model of this name, made if need be and allowed, locked to the end of the transaction."""
    models = RegisteredModel.objects.select_for_update(no_key=True)
    model = models.filter(name=name).first()
    asker.allows(model)
    if model is None:
        new = RegisteredModel(name=name, **facts)
        new._history_by = asker.by  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                new.save(force_insert=True)
            asker.makes(new)
        except IntegrityError:  # another request was first
            pass
        model = models.get(name=name)
    return model


def _is_repeated(asker: Asker) -> bool:
    """Whether this key was used before: then the answer is its run, or `KeyReused`."""
    mine = Run.objects.filter(requested_by=asker.by, idempotency_key=asker.key)
    return bool(asker.key) and mine.exists()


def _refuse_taken(model: RegisteredModel, parameters: dict[str, Any]) -> None:
    """Raise `NameTaken` where the model has a signature, or other data are being registered for it."""
    remedy = "Choose another name, or add a version or a dataset to it."
    if model.signatures.exists():
        raise NameTaken(f"There is a model {model} already. {remedy}")
    for run in Run.objects.unfinished().filter(task=TaskName.REGISTER, registered_model=model):
        if not run.was_asked(parameters=parameters):
            raise NameTaken(f"The model {model} is being registered with other data by {run}. {remedy}")


def _queue(
    asker: Asker, parcel: Parcel, task: str, model: RegisteredModel, parameters: dict[str, Any]
) -> Run:
    """Queue a run that takes the parcel, or return the one that does the same already."""
    asked: Any = {"task": task, "registered_model": model, "parameters": parcel.parameters | parameters}
    at_work = Run.objects.unfinished().filter(task=task, registered_model=model)
    run = None if asker.key else next((one for one in at_work if one.was_asked(**asked)), None)
    run = run or Run.objects.enqueue(
        **asked, trigger=asker.trigger, requested_by=asker.by, idempotency_key=asker.key
    )
    parcel.is_taken = run.parameters.get("quarantine") == parcel.folder
    return run


def _is_there(model: RegisteredModel, parcel: Parcel) -> bool:
    roles = (Dataset.Role.TRAINING, Dataset.Role.EVALUATION)
    data = all(dataset_of(model, role, parcel.sha256_of(role)) for role in roles)
    return data and ("model" not in parcel.files or version_of(model, parcel.sha256_of("model")) is not None)


def _refuse_empty(model: RegisteredModel) -> None:
    if not model.signatures.exists():
        raise NotRegisteredYet(f"{model} has no signature yet. Register it with its data first.")


def _origin(model: RegisteredModel, trained_on: str) -> Dataset | None:
    """Return the dataset that `trained_on` names. Raises `InvalidInput`."""
    if not trained_on:
        return None
    if trained_on == TRAINING:
        found = Dataset.objects.current(model, Dataset.Role.TRAINING)
    else:
        found = model.datasets.filter(sha256=trained_on).order_by("-role").first()  # training before others
    if found is None:
        raise _wrong_origin(f"Input should be {TRAINING}, or the sha256 of a dataset of {model}")
    return found


def _refuse_other_origin(version: ModelVersion, origin: Dataset | None) -> None:
    if origin is not None and origin.pk != version.training_dataset_id:
        raise _wrong_origin(f"{version} was said to be trained on {version.training_dataset}; that stays")


def _wrong_origin(message: str) -> InvalidInput:
    return InvalidInput([FieldError(field="trained_on", message=message)])
