"""A large Parquet file, read a column or `GROUP` rows at a time. Its names and types were proved before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from predictions.tables.parquet_files import frame_of, readable, without_index

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

GROUP = 65_536
BUFFER = 1 << 20  # bytes of each column; without it a whole row group is read ahead


def column_of(file: BinaryIO, name: str) -> pd.Series:
    """Return all cells of one column. Raises `DatasetInvalid`."""
    with readable():
        table = _opened(file).read(columns=[name], use_threads=False)
    return frame_of(table.replace_schema_metadata(None))[name]


def names_of(file: BinaryIO) -> list[str]:
    """Return the columns, but for those that pandas wrote for an index. Raises `DatasetInvalid`."""
    with readable():
        empty = _opened(file).schema_arrow.empty_table()
    return list(without_index(empty)[0].column_names)


def batches_of(file: BinaryIO, names: list[str]) -> Iterator[pd.DataFrame]:
    """Yield cells, `GROUP` rows at most, indexed as in the file. Raises `DatasetInvalid`."""
    import pandas as pd

    for start, batch in _batches(file, names):
        frame = frame_of(batch)
        frame.index = pd.RangeIndex(start, start + len(frame))
        yield frame


def rows_at(file: BinaryIO, names: list[str], positions: np.ndarray) -> pd.DataFrame:
    """Return the cells of these rows, ascending, which are also the index. Raises `DatasetInvalid`."""
    import numpy as np
    import pyarrow as pa

    parts = []
    for start, batch in _batches(file, names):
        ends = np.searchsorted(positions, [start, start + batch.num_rows])
        parts.append(batch.take(positions[slice(*ends)] - start))
    frame = frame_of(pa.concat_tables(parts))
    frame.index = positions
    return frame


def _batches(file: BinaryIO, names: list[str]) -> Iterator[tuple[int, pa.Table]]:
    import pyarrow as pa

    start = 0
    with readable():
        for batch in _opened(file).iter_batches(GROUP, columns=names, use_threads=False):
            table = pa.Table.from_batches([batch]).select(names).replace_schema_metadata(None)
            yield start, table
            start += table.num_rows


def _opened(file: BinaryIO) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(file, pre_buffer=False, buffer_size=BUFFER, page_checksum_verification=True)
