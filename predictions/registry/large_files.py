"""Datasets of too many rows for memory: looked at by a sample, hashed and judged a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from predictions.contract.signature import SignatureSpec
from predictions.models import Dataset
from predictions.registry import artefacts
from predictions.tables import row_groups
from predictions.tables.names import DatasetInvalid
from predictions.tables.typed import typed_frame

if TYPE_CHECKING:
    import pandas as pd

LARGE_ROWS = 500_000  # of more rows in a Parquet file so many are looked at
SEED = 0


def is_large(dataset: Dataset) -> bool:
    """Whether only a sample of its rows is held in memory."""
    return dataset.format == Dataset.Format.PARQUET and dataset.rows > LARGE_ROWS


@dataclass(frozen=True, eq=False)
class LargeFile:
    """All rows of a large dataset: what is asked for is read, the file proved by hash, and nothing kept."""

    dataset: Dataset

    def frame(self, spec: SignatureSpec) -> pd.DataFrame:
        """Return what `Table.frame` returns, of all rows, straight from the columns of the file."""
        with self._opened(*spec.names, spec.output_name) as file:
            return typed_frame(lambda name: row_groups.column_of(file, name), spec)

    def column(self, name: str) -> pd.Series:
        with self._opened(name) as file:
            return row_groups.column_of(file, name)

    def has(self, name: str) -> bool:
        with self._opened() as file:
            return name in row_groups.names_of(file)

    def sample(self) -> pd.DataFrame:
        """Return the cells of `LARGE_ROWS` rows, drawn by their places: the same ones each time."""
        import numpy as np

        chance = np.random.default_rng(SEED)
        places = np.sort(chance.choice(self.dataset.rows, LARGE_ROWS, replace=False, shuffle=False))
        with self._opened() as file:
            return row_groups.rows_at(file, row_groups.names_of(file), places)

    def batches(self, spec: SignatureSpec) -> Iterator[pd.DataFrame]:
        """Yield frames as `Table.frame` returns, `row_groups.GROUP` rows at most."""
        for cells in self.cells([*spec.names, spec.output_name]):
            yield typed_frame(cells.__getitem__, spec)

    def cells(self, names: list[str]) -> Iterator[pd.DataFrame]:
        """Yield the cells of these columns in as many rows. Raises `DatasetInvalid`."""
        with self._opened(*names) as file:
            yield from row_groups.batches_of(file, names)

    @contextmanager
    def _opened(self, *needed: str) -> Iterator[BinaryIO]:
        """Raises `DatasetInvalid`, `ArtefactMissing` or `ArtefactCorrupt`."""
        with artefacts.opened(self.dataset.file, sha256=self.dataset.sha256) as file:
            names = row_groups.names_of(file)
            if absent := [name for name in needed if name not in names]:
                raise DatasetInvalid(f"{self.dataset} lacks the columns: {', '.join(absent)}")
            yield file
