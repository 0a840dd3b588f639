"""What the run of a registration does: all of it is inserted in one transaction, or nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions import database
from predictions.contract.fields import FieldError, InvalidInput
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, ModelVersion, Signature
from predictions.registry.datasets import Table, Tables, is_large
from predictions.registry.proving import closing
from predictions.registry.refusals import NotCompilable
from predictions.registry.registration import kept_files
from scheduling.models import Run
from scheduling.registering.inserting import (
    close_features,
    insert_contract,
    insert_policy,
    store_dataset,
    version_columns,
)
from scheduling.registering.reading import read, read_file, refuse_misfit, table_of
from scheduling.registering.standing import origin_of, question_of, said_texts
from scheduling.runs.transitions import lock, note
from scheduling.training.training import current_dataset, newest_signature
from scheduling.uploads import sandbox
from scheduling.uploads.sandbox import SandboxRefused

if TYPE_CHECKING:
    from scheduling.uploads.crossing import Examined

Files = dict[str, bytes]
JUDGING = (Dataset.Role.TRAINING, Dataset.Role.EVALUATION)


def register_model(run: Run, files: Files, tables: Tables) -> ModelVersion | None:
    """Register signature, datasets and, where there is a model file, the first version.

    Raises `InvalidInput` with everything that the person who sent it can mend; then nothing is registered.
    """
    model, parameters = run.registered_model, run.parameters
    note(run, step="reading the data and inferring the columns")
    found = read(model, files, output=parameters["output"], question=parameters["question"])
    examined, spec = None, found.spec
    if content := files.get("model"):
        note(run, step="examining the upload in the sandbox", notes=found.notes)
        both = [table_of(file, model, role) for role, file in found.files.items()]
        fixed = said_texts(parameters["question"])
        examined, spec = examine(content, spec, both, fixed=fixed, field="model")
    shared: Any = {"spec": spec, "origin": found.origin}
    with kept_files() as paths:
        datasets = [
            store_dataset(model, role, found.contents[role], file=file, field=role, paths=paths, **shared)
            for role, file in found.files.items()
        ]
        version = {} if examined is None else version_columns(run, "model", files, examined, paths)
        with database.atomic():
            lock(run)
            signature = insert_contract(model, spec, datasets)
            insert_policy(model, signature, by=run.requested_by, **parameters["question"])
            note(run, notes=[*found.notes, *(examined.notes if examined else [])])
            if not version:
                return None
            origin = origin_of(model, parameters["trained_on"])
            candidate = ModelVersion.objects.register(signature=signature, training_dataset=origin, **version)
    assert examined is not None
    _keep_answers(tables, datasets, candidate, spec, examined)
    return candidate


def _keep_answers(
    tables: Tables, datasets: list[Dataset], candidate: ModelVersion, spec: SignatureSpec, examined: Examined
) -> None:
    """Keep what scikit-learn answered to the evaluation rows, unless a judge looks at a sample of them."""
    evaluation = next(one for one in datasets if one.role == Dataset.Role.EVALUATION)
    if not is_large(evaluation):
        tables.of(evaluation).own[candidate.artefact_sha256, spec] = examined.answers


def register_dataset(run: Run, files: Files) -> Dataset:
    """Register a dataset for the newest signature. Raises `InvalidInput`."""
    model, role = run.registered_model, run.parameters["role"]
    note(run, step="reading the data")
    spec = newest_signature(model).spec()
    file = read_file(files["file"], field="file")
    is_labelled = role != Dataset.Role.REFERENCE
    refuse_misfit(table_of(file, model, role), spec, field="file", labelled=is_labelled)
    with kept_files() as paths:
        dataset = store_dataset(model, role, files["file"], file=file, spec=spec, field="file", paths=paths)
        with database.atomic():
            lock(run)
            dataset.save()
            note(run, notes=dataset.notes)
    return dataset


def examine(
    content: bytes, spec: SignatureSpec, tables: list[Table], *, fixed: list[str] | None, field: str
) -> tuple[Examined, SignatureSpec]:
    """Open a model file in the sandbox, and return the contract with the texts that it closes.

    `tables` are the training and the evaluation set. Raises `InvalidInput` that names the file's field.
    """
    training, evaluation = tables
    try:
        examined = sandbox.examine(content, spec=spec, frame=evaluation.frame(spec), fixed=fixed)
        if examined.closed:
            rows = spec.answerable(training.frame(spec))
            closing.refuse_others(examined.closed, rows, which="training")
        return examined, closing.closed(spec, examined.closed)
    except (SandboxRefused, NotCompilable) as error:
        raise InvalidInput([FieldError(field=field, message=str(error))]) from error


def register_version(run: Run, files: Files, tables: Tables) -> ModelVersion:
    """Register an uploaded version for the newest signature. Raises `InvalidInput` or `NotPrepared`.

    What scikit-learn answered to the evaluation rows is kept in `tables`.
    """
    model = run.registered_model
    note(run, step="examining the upload in the sandbox")
    signature: Signature = newest_signature(model)
    training, evaluation = (tables.of(current_dataset(model, role)) for role in JUDGING)
    fixed = None if signature.versions.exists() else said_texts(question_of(model))
    examined, spec = examine(
        files["file"], signature.spec(), [training, evaluation], fixed=fixed, field="file"
    )
    with kept_files() as paths:
        version = version_columns(run, "file", files, examined, paths)
        with database.atomic():
            note(run, notes=examined.notes)
            close_features(signature, spec, examined.closed)
            origin = origin_of(model, run.parameters["trained_on"])
            candidate = ModelVersion.objects.register(signature=signature, training_dataset=origin, **version)
    evaluation.own[candidate.artefact_sha256, spec] = examined.answers
    return candidate
