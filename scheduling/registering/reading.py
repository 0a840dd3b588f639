"""From the bytes of the files to a contract: what is read, inferred, and asked back. Runs in a child."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from predictions.contract.fields import FieldError, InvalidInput
from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, Feature, RegisteredModel, Signature
from predictions.registry import inference
from predictions.registry.artefacts import sha256_of
from predictions.registry.datasets import Table
from predictions.tables import reading
from predictions.tables.fit import refuse_other_numbers
from predictions.tables.names import DatasetInvalid
from predictions.tables.reading import FileRead
from scheduling.registering.cutting import cut
from scheduling.registering.holding_out import HeldOut, hold_out

if TYPE_CHECKING:
    import pandas as pd

LEAST_ROWS = 10  # of a file: fewer tell nothing of a column


@dataclass(frozen=True, kw_only=True)
class Read:
    """What trains and what judges, and the contract that was inferred from it."""

    spec: SignatureSpec
    notes: list[str]
    files: dict[str, FileRead]  # by role
    contents: dict[str, bytes]  # of these files
    origin: dict[str, Any]  # of both, where one file was cut in two


def table_of(file: FileRead, model: RegisteredModel, role: str) -> Table:
    """Return the table of a file that is not registered."""
    return Table(Dataset(registered_model=model, role=role, rows=len(file.cells)), file.cells)


def read_file(content: bytes, *, field: str) -> FileRead:
    """Return what a data file holds. Raises `InvalidInput` that names the file's field."""
    with naming(field):
        file = reading.read(content)
    if len(file.cells) < LEAST_ROWS:
        message = f"The file has {counted(len(file.cells), 'row')}. "
        message += f"Send at least {LEAST_ROWS}; some hundred are better"
        raise InvalidInput([FieldError(field=field, message=message)])
    return file


@contextmanager
def naming(field: str) -> Iterator[None]:
    """Raise `InvalidInput` that names the field for what is wrong with its data file."""
    try:
        yield
    except DatasetInvalid as error:
        raise InvalidInput([FieldError(field=field, message=str(error))]) from None


def read(model: RegisteredModel, sent: dict[str, bytes], *, output: str, question: dict[str, Any]) -> Read:
    """Read the files, infer the contract, and prove that it fits what judges. Raises `InvalidInput`.

    Of a training file alone some rows are held out to judge by.
    """
    files = read_files(sent)
    inferred = infer(files, output=output, question=question)
    prove(inferred, model, files, group=question.get("group", ""))
    held_out = held_out_of(inferred, model, files, question=question)
    notes, contents, origin = [*notes_of(files), *inferred.notes], sent, {}
    if held_out:
        files, contents = cut(files[Dataset.Role.TRAINING], held_out)
        notes.append(held_out.note)
        origin = {"sent": sha256_of(sent[Dataset.Role.TRAINING]), "hold_out": held_out.facts}
    return Read(spec=inferred.spec, notes=notes, files=files, contents=contents, origin=origin)


def read_files(sent: dict[str, bytes]) -> dict[str, FileRead]:
    """Return what the files of a new model hold, by role. Raises `InvalidInput`."""
    roles = (Dataset.Role.TRAINING.value, Dataset.Role.EVALUATION.value)
    return {role: read_file(sent[role], field=role) for role in roles if role in sent}


def notes_of(files: dict[str, FileRead]) -> list[str]:
    """What was decided in reading the files, such as what separates their columns."""
    return [f"{role.capitalize()} file: {note}" for role, file in files.items() for note in file.notes]


def held_out_of(
    inferred: inference.Inferred, model: RegisteredModel, files: dict[str, FileRead], *,
    question: dict[str, Any],
) -> HeldOut | None:  # fmt: skip
    """Return which rows of a lone training file judge; else None. Raises `InvalidInput`."""
    if Dataset.Role.EVALUATION in files:
        return None
    by = {name: question.get(name) or "" for name in ("time", "group")}
    role = Dataset.Role.TRAINING
    return hold_out(table_of(files[role], model, role), inferred.spec, **by)


def infer(files: dict[str, FileRead], *, output: str, question: dict[str, Any]) -> inference.Inferred:
    """Infer the contract from the files, with what was answered."""
    also = files["evaluation"].cells if "evaluation" in files else None
    more: dict[str, Any] = {"also": also} | question
    return inference.infer(files["training"].cells, output=output, **more)


def prove(
    inferred: inference.Inferred, model: RegisteredModel, files: dict[str, FileRead], *, group: str
) -> None:
    """Raise `InvalidInput` where something is to be asked, or an evaluation file does not fit."""
    _raise([replace(one, message=one.message.removeprefix(f"{one.field}: ")) for one in inferred.questions])
    _raise([*_problems_of(inferred.spec)])
    if "evaluation" not in files:
        return
    named = {"output": inferred.spec.output_name, "group": group}
    _raise([*_not_in(files["evaluation"].cells, named)])
    evaluation = table_of(files["evaluation"], model, Dataset.Role.EVALUATION)
    refuse_misfit(evaluation, inferred.spec, field="evaluation")


def refuse_misfit(table: Table, spec: SignatureSpec, *, field: str, labelled: bool = True) -> None:
    """Raise `InvalidInput` where a file lacks columns of the contract, or all or unknown labels."""
    with naming(field):
        refuse_other_numbers(table.cells, spec)
        frame = table.frame(spec) if labelled else table.features(spec)
    if not labelled:
        return
    labels = frame[spec.output_name].dropna()
    strange = [str(one) for one in labels.unique() if spec.labels and one not in spec.labels]
    if strange:
        known = ", ".join(map(str, spec.labels))
        message = f"{spec.output_name} has values that the training data lack: {', '.join(strange[:5])}. "
        _raise([FieldError(field=field, message=f"{message}Known are: {known[:200]}")])
    if labels.empty:
        _raise([FieldError(field=field, message=f"No row has a value of {spec.output_name}")])


def _raise(errors: Sequence[FieldError]) -> None:
    if errors:
        raise InvalidInput(list(errors))


def _not_in(evaluation: pd.DataFrame, columns: dict[str, str]) -> Iterator[FieldError]:
    """Yield an error for each option that names a column which the evaluation file lacks."""
    for field, name in columns.items():
        if name and name not in evaluation.columns:
            yield FieldError(field=field, message=f"{name} is not a column of the evaluation file")


def _problems_of(spec: SignatureSpec) -> Iterator[FieldError]:
    """Yield an error for each thing in the contract that cannot be kept."""
    if not spec.features:
        yield FieldError(field="training", message="No column is left as a feature. Add one, or drop fewer")
    if spec.task == Signature.Task.CLASSIFICATION and len(spec.labels) < 2:
        message = f"{spec.output_name} has one value in all rows. A classification needs at least two"
        yield FieldError(field="output", message=message)
    lengths: dict[str, int] = {spec.output_name: _most(Signature, "output_name")}
    lengths |= {name: _most(Feature, "name") for name in spec.names}
    for name, most in lengths.items():
        if len(name) > most:
            message = f"The column {name[:20]}… has {len(name)} characters. Rename it: at most {most}"
            yield FieldError(field="training", message=message)


def _most(table: Any, column: str) -> int:
    return int(table._meta.get_field(column).max_length)
