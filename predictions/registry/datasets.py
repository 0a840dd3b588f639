"""Datasets, registered as files and read as data frames. The web tier lacks pandas and never imports this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, RegisteredModel, Signature
from predictions.registry import artefacts
from predictions.registry.large_files import LargeFile, is_large
from predictions.tables.csv_files import read_csv
from predictions.tables.describing import describe
from predictions.tables.fit import notes_of, refuse_other_numbers
from predictions.tables.names import DatasetInvalid
from predictions.tables.parquet_files import read_parquet
from predictions.tables.reading import FileRead, read
from predictions.tables.typed import typed_features, typed_frame

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
    """One dataset's rows in memory. What its methods return is shared: nobody changes it in place.

    Of a large file they are a sample, always the same; the index is the row's place in the file.
    `own` are scikit-learn's answers to the rows that a signature accepts, as far as they were computed, by
    hash of the artefact.
    """

    dataset: Dataset
    cells: pd.DataFrame  # as the file has them: of CSV text or missing, of Parquet its types
    own: dict[tuple[str, SignatureSpec], Answers] = field(default_factory=dict)
    _frames: dict[SignatureSpec, pd.DataFrame] = field(default_factory=dict)

    @property
    def is_sample(self) -> bool:
        return is_large(self.dataset)

    def frame(self, spec: SignatureSpec) -> pd.DataFrame:
        """Return the features in the signature's order, then the output column.

        Numbers, truth values and times (seconds since 1970) are float64, and a cell that is none is missing
        (NaN): the data quality check counts it. Text is as in the file: only an empty cell is missing.
        Raises `DatasetInvalid`.
        """
        if spec not in self._frames:
            self._require(*spec.names, spec.output_name)
            self._frames[spec] = typed_frame(self.column, spec)
        return self._frames[spec]

    def features(self, spec: SignatureSpec) -> pd.DataFrame:
        """Return the same without the output: another signature's features. Raises `DatasetInvalid`."""
        self._require(*spec.names)
        return typed_features(self.column, spec)

    def column(self, name: str) -> pd.Series:
        """Return the cells of a column, as in the file. Raises `DatasetInvalid`."""
        self._require(name)
        return self.cells[name]

    def has(self, name: str) -> bool:
        return name in self.cells.columns

    def batches(self, spec: SignatureSpec) -> Iterator[pd.DataFrame]:
        """Yield frames as `frame` returns, which are all rows of the file, large or not."""
        if self.is_sample:
            yield from LargeFile(self.dataset).batches(spec)
        else:
            yield self.frame(spec)

    def parts(self, names: list[str]) -> Iterator[Table]:
        """Yield all rows of the file, large or not, with the columns of these names that it has."""
        if not self.is_sample:
            yield self
            return
        for cells in LargeFile(self.dataset).cells([name for name in names if self.has(name)]):
            yield Table(self.dataset, cells)

    def _require(self, *names: str) -> None:
        if absent := [name for name in names if not self.has(name)]:
            raise DatasetInvalid(f"{self.dataset} lacks the columns: {', '.join(absent)}")


class Tables:
    """The datasets that one run works on: each file is read, proved and parsed once."""

    def __init__(self) -> None:
        self._tables: dict[int, Table] = {}

    def of(self, dataset: Dataset) -> Table:
        """Return its rows, or a sample of them where they are too many to look at."""
        if dataset.pk not in self._tables:
            self._tables[dataset.pk] = Table(dataset, _cells_of(dataset))
        return self._tables[dataset.pk]

    def whole(self, dataset: Dataset) -> Table | LargeFile:
        """Return all its rows, to be fitted on."""
        return LargeFile(dataset) if is_large(dataset) else self.of(dataset)

    def forget(self) -> None:
        self._tables.clear()


def _cells_of(dataset: Dataset) -> pd.DataFrame:
    if is_large(dataset):
        return LargeFile(dataset).sample()
    with artefacts.opened(dataset.file, sha256=dataset.sha256) as file:
        if dataset.format == Dataset.Format.PARQUET:
            return read_parquet(file)[0]
        return read_csv(file.read())[0]


def read_frame(dataset: Dataset, spec: SignatureSpec) -> pd.DataFrame:
    """Return the frame of one dataset alone, a sample of a large one. Raises what `Table.frame` raises."""
    return Tables().of(dataset).frame(spec)


def whole_frame(dataset: Dataset, spec: SignatureSpec) -> pd.DataFrame:
    """Return the frame of all rows, to be fitted on. Raises the same."""
    return Tables().whole(dataset).frame(spec)
