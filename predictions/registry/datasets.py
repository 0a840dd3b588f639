"""Datasets, registered as files and read as data frames. The web tier lacks pandas and never imports this."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from predictions.contract.answers import Answers
from predictions.contract.error_texts import kind_of
from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset, RegisteredModel
from predictions.registry import artefacts

if TYPE_CHECKING:
    import pandas as pd


class DatasetInvalid(Exception):
    """The file is not a table, or lacks columns of the signature."""


def register(*, registered_model: RegisteredModel, role: str, content: bytes) -> Dataset:
    """Store a CSV file and its row; a known file keeps its row. Raises `DatasetInvalid` if it is empty."""
    sha256 = artefacts.sha256_of(content)
    known = registered_model.datasets.filter(role=role, sha256=sha256).first()
    if known:
        return known
    rows = len(_read_csv(content))
    if not rows:
        raise DatasetInvalid(f"The {role} file of {registered_model} has no rows. Add at least one.")
    path = artefacts.store(content, folder=f"datasets/{registered_model.name}", filename=f"{role}.csv")
    return Dataset.objects.create(
        registered_model=registered_model, role=role, file=path, sha256=sha256, rows=rows
    )


@dataclass(frozen=True, eq=False)
class Table:
    """One dataset's file in memory. What its methods return is shared: nobody changes it in place.

    `own` are scikit-learn's answers to the rows that a signature accepts, as far as they were computed, by
    hash of the artefact.
    """

    dataset: Dataset
    cells: pd.DataFrame  # as the file has them: text, or missing
    own: dict[tuple[str, SignatureSpec], Answers] = field(default_factory=dict)
    _frames: dict[SignatureSpec, pd.DataFrame] = field(default_factory=dict)

    def frame(self, spec: SignatureSpec) -> pd.DataFrame:
        """Return the features in the signature's order, then the output column.

        Numbers are float64, and a cell that is not a number is missing (NaN): the data quality check counts
        it. Text is as in the file: only an empty cell is missing. Raises `DatasetInvalid`.
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
        table = self._columns([*spec.names, *more])
        for feature in spec.features:
            if feature.kind.is_number:
                table[feature.name] = _numbers(table[feature.name])
        return table

    def _columns(self, wanted: list[str]) -> pd.DataFrame:
        absent = [name for name in wanted if name not in self.cells.columns]
        if absent:
            raise DatasetInvalid(f"{self.dataset} lacks the columns: {', '.join(absent)}")
        return self.cells[wanted].copy()


class Tables:
    """The datasets that one run works on: each file is read, proved and parsed once."""

    def __init__(self) -> None:
        self._tables: dict[int, Table] = {}

    def of(self, dataset: Dataset) -> Table:
        if dataset.pk not in self._tables:
            content = artefacts.read(dataset.file, sha256=dataset.sha256)
            self._tables[dataset.pk] = Table(dataset, _read(content))
        return self._tables[dataset.pk]

    def forget(self) -> None:
        self._tables.clear()


def read_frame(dataset: Dataset, spec: SignatureSpec) -> pd.DataFrame:
    """Return the frame of one dataset alone. Raises what `Tables.of` and `Table.frame` raise."""
    return Tables().of(dataset).frame(spec)


def _numbers(column: pd.Series) -> pd.Series:
    """As float64; "true" and "false" are 1 and 0, and what is not a number is missing."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    others = column[numbers.isna() & column.notna()]
    numbers[others.index] = others.str.lower().map({"true": 1.0, "false": 0.0})
    return numbers


def _outputs(column: pd.Series, spec: SignatureSpec) -> pd.Series:
    """Each label as the signature writes it; any other text stays, so that checks can report it."""
    if spec.task == "regression":
        return _numbers(column)
    return column.map({text: _label(text, spec.labels) for text in column.dropna().unique()})


def _label(text: str, labels: tuple[Any, ...]) -> Any:
    """Return the label that a cell stands for: "1" and "1.0" are 1, "true" is True."""
    for label in labels:
        if text == label or (text.lower() == str(label).lower() and not isinstance(label, str)):
            return label
    with suppress(ValueError):
        number = float(text)
        return next((n for n in labels if not isinstance(n, str | bool) and n == number), text)
    return text


def _read(content: bytes) -> pd.DataFrame:
    """A snapshot's cells as text, so that a frame is made of them as of a CSV file's."""
    if not content.startswith(b"PAR1"):
        return _read_csv(content)
    import pyarrow.parquet as pq

    frame = pq.read_table(io.BytesIO(content)).to_pandas(integer_object_nulls=True)
    cells = frame.astype("object").map(str, na_action="ignore").astype("object")
    return cells.where(frame.notna(), float("nan"))


def _read_csv(content: bytes) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(io.BytesIO(content), dtype="object", keep_default_na=False, na_values=[""])
    except (ValueError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"The file cannot be read as CSV ({kind_of(error)}).") from error
