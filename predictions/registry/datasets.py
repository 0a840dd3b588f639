"""Datasets, registered as files and read as data frames. The web tier lacks pandas and never imports this."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, RegisteredModel, Signature
from predictions.registry import artefacts
from predictions.tables.describing import describe
from predictions.tables.fit import notes_of, refuse_other_numbers
from predictions.tables.names import DatasetInvalid
from predictions.tables.reading import FileRead, read
from predictions.tables.typed import TRUTHS, numbers, typed

if TYPE_CHECKING:
    import pandas as pd


def register(*, registered_model: RegisteredModel, role: str, content: bytes) -> Dataset:
    """Store a data file as it came, and its row; a known file keeps its row.

    It is described by the model's newest signature, if there is one. Raises `DatasetInvalid`.
    """
    sha256 = artefacts.sha256_of(content)
    known = registered_model.datasets.filter(role=role, sha256=sha256).first()
    if known:
        return known
    signature = Signature.objects.newest_of(registered_model)
    spec = signature.spec() if signature else None
    new = store(registered_model, role, content, file=read(content), spec=spec)
    new.save()
    return new


def store(
    registered_model: RegisteredModel,
    role: str,
    content: bytes,
    *,
    file: FileRead,
    spec: SignatureSpec | None,
) -> Dataset:
    """Store a data file as it came and return its row, to be saved. Raises `DatasetInvalid`."""
    if spec:
        refuse_other_numbers(file.cells, spec)
    folder, filename = f"datasets/{registered_model.name}", f"{role}.{file.format}"
    return Dataset(
        registered_model=registered_model, role=role, sha256=artefacts.sha256_of(content),
        file=artefacts.store(content, folder=folder, filename=filename), rows=len(file.cells),
        format=file.format, notes=[*file.notes, *(notes_of(file.cells, spec) if spec else [])],
        columns=describe(file.cells, spec, redacted=frozenset(registered_model.redacted_features)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Table:
    """One dataset's file in memory. What its methods return is shared: nobody changes it in place.

    `own` are scikit-learn's answers to the rows that a signature accepts, as far as they were computed, by
    hash of the artefact.
    """

    dataset: Dataset
    cells: pd.DataFrame  # as the file has them: of CSV text or missing, of Parquet its types
    own: dict[tuple[str, SignatureSpec], Answers] = field(default_factory=dict)
    _frames: dict[SignatureSpec, pd.DataFrame] = field(default_factory=dict)

    def frame(self, spec: SignatureSpec) -> pd.DataFrame:
        """Return the features in the signature's order, then the output column.

        Numbers, truth values and times (seconds since 1970) are float64, and a cell that is none is missing
        (NaN): the data quality check counts it. Text is as in the file: only an empty cell is missing.
        Raises `DatasetInvalid`.
        """
        if spec not in self._frames:
            table = self._typed(spec, spec.output_name)
            table[spec.output_name] = _outputs(table[spec.output_name], spec)
            self._frames[spec] = table
        return self._frames[spec]

    def features(self, spec: SignatureSpec) -> pd.DataFrame:
        """Return the same without the output: another signature's features. Raises `DatasetInvalid`."""
        return self._typed(spec)

    def column(self, name: str) -> pd.Series:
        return self._columns([name])[name]

    def _typed(self, spec: SignatureSpec, *more: str) -> pd.DataFrame:
        import pandas as pd

        table = self._columns([*spec.names, *more])
        kinds = {feature.name: feature.kind for feature in spec.features}
        columns = {name: typed(table[name], kinds[name]) if name in kinds else table[name] for name in table}
        return pd.DataFrame(columns, copy=False)  # a million rows are not copied again

    def _columns(self, wanted: list[str]) -> pd.DataFrame:
        absent = [name for name in wanted if name not in self.cells.columns]
        if absent:
            raise DatasetInvalid(f"{self.dataset} lacks the columns: {', '.join(absent)}")
        return self.cells[wanted]  # pandas copies what is written to


class Tables:
    """The datasets that one run works on: each file is read, proved and parsed once."""

    def __init__(self) -> None:
        self._tables: dict[int, Table] = {}

    def of(self, dataset: Dataset) -> Table:
        if dataset.pk not in self._tables:
            content = artefacts.read(dataset.file, sha256=dataset.sha256)
            self._tables[dataset.pk] = Table(dataset, read(content).cells)
        return self._tables[dataset.pk]

    def forget(self) -> None:
        self._tables.clear()


def read_frame(dataset: Dataset, spec: SignatureSpec) -> pd.DataFrame:
    """Return the frame of one dataset alone. Raises what `Tables.of` and `Table.frame` raise."""
    return Tables().of(dataset).frame(spec)


def _outputs(column: pd.Series, spec: SignatureSpec) -> pd.Series:
    """Each label as the signature writes it; any other text stays, so that checks can report it."""
    if spec.task == "regression":
        return numbers(column)
    known = column.astype("object")
    return known.map({cell: _label(str(cell), spec.labels) for cell in known.dropna().unique()})


def _label(text: str, labels: tuple[Any, ...]) -> Any:
    """Return the label that a cell stands for: "1" and "1.0" are 1; "true", "yes" and "1" are True."""
    for label in labels:
        if text == label or (text.lower() == str(label).lower() and not isinstance(label, str)):
            return label
    with suppress(ValueError):
        number = float(text)
        if found := [n for n in labels if not isinstance(n, str | bool) and n == number]:
            return found[0]
    truth = TRUTHS.get(text.strip().lower())
    return next((n for n in labels if isinstance(n, bool) and n == truth), text)
