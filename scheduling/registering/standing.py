"""What a model has already, and which requests that refuses at once."""

from __future__ import annotations

import re
from typing import Any

from predictions.contract.fields import FieldError, InvalidInput, Kind
from predictions.models import Dataset, ModelVersion, RegisteredModel, Signature
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.runs.parcels import Parcel
from scheduling.uploads.kinds import kind_of
from scheduling.uploads.refusals import Refused

TRAINING = "training"  # "trained on the current training set"
ENOUGH_TO_KNOW = 4096  # bytes
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


HELD_OUT = "Some rows of this file are held out to judge by"
TAKEN = "This name is taken. Choose another one."


class NameTaken(Exception):
    """There is such a model, with other data, or it is somebody else's."""

    field = "name"


class NotRegisteredYet(Exception):
    """The model has no signature yet."""


def dataset_of(model: RegisteredModel, role: str, sha256: str) -> Dataset | None:
    """Return the dataset of this role that is this file."""
    return model.datasets.filter(role=role, sha256=sha256).first()


def version_of(model: RegisteredModel, sha256: str) -> ModelVersion | None:
    """Return the version of the newest signature that was made from this file."""
    signature = Signature.objects.newest_of(model)
    return signature.versions.filter(artefact_sha256=sha256).first() if signature else None


def refuse_other_file(parcel: Parcel, name: str) -> None:
    """Raise `InvalidInput` where a model file's first bytes are those of another kind, or its name is bad."""
    if name in parcel.files:
        if not PLAIN_NAME.fullmatch(parcel.files[name]["filename"]):
            message = "The name of the file should be up to 100 letters, digits, dots, hyphens, underscores"
            raise InvalidInput([FieldError(field=name, message=message)])
        try:
            kind_of(parcel.beginning_of(name, ENOUGH_TO_KNOW))
        except Refused as error:
            raise InvalidInput([FieldError(field=name, message=str(error))]) from None


def refuse_taken(model: RegisteredModel, parameters: dict[str, Any]) -> None:
    """Raise `NameTaken` where the model has a signature, or other data are being registered for it."""
    remedy = "Choose another name, or add a version or a dataset to it."
    if model.signatures.exists():
        raise NameTaken(f"There is a model {model} already. {remedy}")
    for run in Run.objects.unfinished().filter(task=TaskName.REGISTER, registered_model=model):
        if not run.was_asked(parameters=parameters):
            raise NameTaken(f"The model {model} is being registered with other data by {run}. {remedy}")


def is_there(model: RegisteredModel, parcel: Parcel) -> bool:
    """Whether the data files and, if there is one, the model file are registered already."""
    roles = (Dataset.Role.TRAINING, Dataset.Role.EVALUATION)
    if "evaluation" in parcel.files:
        data = all(dataset_of(model, role, parcel.sha256_of(role)) for role in roles)
    else:
        data = model.datasets.filter(snapshot__sent=parcel.sha256_of("training")).exists()
    return data and ("model" not in parcel.files or version_of(model, parcel.sha256_of("model")) is not None)


def refuse_seen(parcel: Parcel) -> None:
    """Raise `InvalidInput` where a fitted model comes without rows that it has surely not seen."""
    if "model" in parcel.files and "evaluation" not in parcel.files:
        message = (
            "The model was fitted on these rows. Send rows it has not seen, or leave the model out and let a "
            "recipe train one"
        )
        raise InvalidInput([FieldError(field="evaluation", message=message)])


def refuse_cut_file(model: RegisteredModel, role: str, sha256: str) -> None:
    """Raise `InvalidInput` for a training file of which some rows judge at present."""
    if role == Dataset.Role.TRAINING and sha256 == _cut_file(model):
        message = f"{HELD_OUT}. Before it may train as a whole, send other rows with the role evaluation"
        raise InvalidInput([FieldError(field="file", message=message)])


def _cut_file(model: RegisteredModel) -> str:
    """Return the sha256 of the file of which the present evaluation set is a part; empty: of none."""
    evaluation = Dataset.objects.current(model, Dataset.Role.EVALUATION)
    return str(evaluation.snapshot.get("sent", "")) if evaluation else ""


def refuse_empty(model: RegisteredModel) -> None:
    """Raise `NotRegisteredYet` for a model without a signature."""
    if not model.signatures.exists():
        raise NotRegisteredYet(f"The columns of {model} are not known yet. Register it with its data first.")


def named_origin(model: RegisteredModel, trained_on: str) -> Dataset | None:
    """Return the dataset that `trained_on` names; where a file was cut, its training part by sha256 only.

    Raises `InvalidInput`.
    """
    training, sent = Dataset.objects.current(model, Dataset.Role.TRAINING), _cut_file(model)
    if sent and training and training.snapshot.get("sent") == sent and trained_on in (TRAINING, sent):
        remedy = "Send evaluation rows that it has not seen first, or let a recipe train one"
        raise wrong_origin(f"{HELD_OUT}, so a model that was fitted on the file has seen them. {remedy}")
    found = origin_of(model, trained_on)
    if trained_on and found is None:
        raise wrong_origin(f"Input should be {TRAINING}, or the sha256 of a dataset of {model}")
    return found


def refuse_other_origin(version: ModelVersion, origin: Dataset | None) -> None:
    """Raise `InvalidInput` where a version was said to be trained on something else."""
    if origin is not None and origin.pk != version.training_dataset_id:
        raise wrong_origin(f"{version} was said to be trained on {version.training_dataset}; that stays")


def question_of(model: RegisteredModel) -> dict[str, Any]:
    """Return what a person said about the columns when the model was registered."""
    runs = Run.objects.filter(registered_model=model, task=TaskName.REGISTER, parameters__what="model")
    newest = runs.filter(status=Run.Status.FINISHED).first()
    return dict(newest.parameters["question"]) if newest else {}


def said_texts(question: dict[str, Any]) -> list[str]:
    """Return the columns of which a person said that they are open texts."""
    return [name for name, kind in (question.get("kinds") or {}).items() if kind == Kind.TEXT]


def wrong_origin(message: str) -> InvalidInput:
    """Return the error of the field `trained_on`."""
    return InvalidInput([FieldError(field="trained_on", message=message)])


def origin_of(model: RegisteredModel, trained_on: str) -> Dataset | None:
    """Return the dataset that a version was declared to be trained on; None where nothing was declared."""
    if trained_on == TRAINING:
        return Dataset.objects.current(model, Dataset.Role.TRAINING)
    named = model.datasets.filter(sha256=trained_on).order_by("-role")  # training before others
    return named.first() if trained_on else None
