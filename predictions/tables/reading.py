"""A data file to a data frame, told by its content: CSV or Parquet. Never in the web process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from predictions.tables.csv_files import read_csv
from predictions.tables.names import DatasetInvalid
from predictions.tables.parquet_files import read_parquet

if TYPE_CHECKING:
    import pandas as pd

CSV, PARQUET = "csv", "parquet"
OTHERS = {  # by their first bytes, and what to do instead
    b"PK\x03\x04": "a ZIP archive or an Excel workbook. Save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save the sheet as CSV",
    b"\x1f\x8b": "compressed by gzip. Send it uncompressed",
    b"BZh": "compressed by bzip2. Send it uncompressed",
    b"\xfd7zXZ\x00": "compressed by xz. Send it uncompressed",
    b"\x28\xb5\x2f\xfd": "compressed by zstd. Send it uncompressed",
    b"\x80\x04": "a pickle of Python, which is never opened. Use to_parquet or to_csv(index=False)",
    b"\x89HDF": "an HDF5 file. Use to_parquet or to_csv(index=False)",
    b"ARROW1": "an Arrow or Feather file. Use to_parquet",
    b"ORC": "an ORC file. Use to_parquet",
    b"SQLite format 3": "a SQLite database. Export the table as CSV",
    b"%PDF": "a PDF document",
    b"{": "JSON. Use to_parquet or to_csv(index=False)",
    b"[": "JSON. Use to_parquet or to_csv(index=False)",
    b"<": "HTML or XML. Use to_parquet or to_csv(index=False)",
}


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """What a file holds: of CSV text or missing (NaN) in each cell, of Parquet its types."""

    cells: pd.DataFrame
    format: str
    notes: tuple[str, ...] = ()  # what was decided in reading it


def read(content: bytes) -> FileRead:
    """Return the table of a file. Raises `DatasetInvalid` that names column, row and remedy."""
    if content[:4] == b"PAR1":
        cells, notes = read_parquet(content)
        return FileRead(cells=cells, format=PARQUET, notes=tuple(notes))
    for begins, what in OTHERS.items():
        if content.startswith(begins):
            raise DatasetInvalid(f"The file should be CSV or Parquet, but it is {what}.")
    cells, notes = read_csv(content)
    return FileRead(cells=cells.astype("object"), format=CSV, notes=tuple(notes))


def read_cells(file: bytes | Path | str) -> pd.DataFrame:
    """Return the cells of a file's content, or of the file at a path. Raises `DatasetInvalid`."""
    return read(file if isinstance(file, bytes) else Path(file).read_bytes()).cells
