"""What every door does: check what can be checked at once, and queue the run that does the rest."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError

from predictions import database
from predictions.models import RegisteredModel
from scheduling.models import Run
from scheduling.models.schedule import TaskName
from scheduling.registering.askers import Asker
from scheduling.registering.standing import (
    TAKEN,
    TRAINING,
    NameTaken,
    dataset_of,
    is_there,
    named_origin,
    refuse_cut_file,
    refuse_empty,
    refuse_other_file,
    refuse_other_origin,
    refuse_seen,
    refuse_taken,
    version_of,
    wrong_origin,
)
from scheduling.runs.parcels import Parcel
from scheduling.runs.quarantine import PREVIEW


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
    refuse_seen(parcel)
    if trained_on not in ("", TRAINING, parcel.sha256_of("training"), parcel.sha256_of("evaluation")):
        raise wrong_origin(f"Input should be {TRAINING}, or the sha256 of one of the files")
    what = PREVIEW if preview else "model"
    parameters = {"what": what, "output": output, "trained_on": trained_on, "question": question}
    facts = {"title": title or name, "public": public, "data_changes": data_changes}
    with database.atomic():
        model = _locked(asker, name, facts)
        if not _is_repeated(asker):
            if model.signatures.exists() and is_there(model, parcel):
                return None
            refuse_taken(model, parameters | parcel.parameters)
            _keep_facts(model, facts, by=asker.by)
        return _queue(asker, parcel, TaskName.REGISTER, model, parameters)


def ask_for_dataset(asker: Asker, parcel: Parcel, *, model: RegisteredModel, role: str) -> Run | None:
    """Queue the registration of a dataset; None where it is there already.

    Raises `InvalidInput` or `NotRegisteredYet`.
    """
    refuse_empty(model)
    refuse_cut_file(model, role, parcel.sha256_of("file"))
    parameters = {"what": "dataset", "role": role}
    with database.atomic():
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
    refuse_empty(model)
    refuse_other_file(parcel, "file")
    filename = parcel.files["file"]["filename"]
    origin = named_origin(model, trained_on)
    parameters = {"name": name or filename.rsplit(".", 1)[0], "trained_on": origin.sha256 if origin else ""}
    with database.atomic():
        version = None if again or _is_repeated(asker) else version_of(model, parcel.sha256_of("file"))
        if version and (origin is None or version.training_dataset_id):
            refuse_other_origin(version, origin)
            return None
        return _queue(asker, parcel, TaskName.UPLOAD, model, parameters)


def _locked(asker: Asker, name: str, facts: dict[str, Any]) -> RegisteredModel:
    """Return the model of this name, made if need be and allowed, locked to the end of the transaction.

    Raises `NameTaken`, with the same words whether the asker may know of the model or not.
    """
    models = RegisteredModel.objects.select_for_update(no_key=True)
    is_mine = not models.filter(name=name).exists() and _made(asker, name, facts)
    model = models.get(name=name)
    if not is_mine and not asker.allows(model):
        raise NameTaken(TAKEN)
    return model


def _made(asker: Asker, name: str, facts: dict[str, Any]) -> bool:
    """Make the model; False where another request was first."""
    new = RegisteredModel(name=name, **facts)
    new._history_by = asker.by  # type: ignore[attr-defined]
    try:
        with database.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        return False
    asker.makes(new)
    return True


def _keep_facts(model: RegisteredModel, facts: dict[str, Any], *, by: str) -> None:
    """Write down what this request says of a model that is still empty."""
    changed = [name for name, value in facts.items() if getattr(model, name) != value]
    for name in changed:
        setattr(model, name, facts[name])
    if changed:
        model._history_by = by  # type: ignore[attr-defined]
        model.save(update_fields=changed)


def _is_repeated(asker: Asker) -> bool:
    """Whether this key was used before: then the answer is its run, or `KeyReused`."""
    mine = Run.objects.filter(requested_by=asker.by, idempotency_key=asker.key)
    return bool(asker.key) and mine.exists()


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
