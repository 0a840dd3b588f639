"""CSV to a frame of text: encoding and delimiter are found out, and nothing else is guessed.

Rows are counted as a spreadsheet shows them: the header is row 1, empty lines do not count.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING, Any

from predictions.contract.error_texts import kind_of
from predictions.tables.kinds.numbers import NUMBER
from predictions.tables.names import DatasetInvalid, refuse_bad_names

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
LOOKED_AT = 50  # rows by which the delimiter is found
LONGEST_ROW = 1 << 24  # bytes
SEPARATOR = re.compile(r"\Asep=[,;\t|]\s*?\r?\n", re.IGNORECASE)  # what Excel writes above the header


def read_csv(content: bytes) -> tuple[pd.DataFrame, list[str]]:
    """Return the cells, text in Arrow's memory or NaN, and notes. Raises `DatasetInvalid`."""
    text, notes = _decoded(content)
    if not text or text.isspace():
        raise DatasetInvalid("The file is empty.")
    if separator := SEPARATOR.match(text):  # `sub` would look at every place
        text = text[separator.end() :]
    delimiter = delimiter_of(text)
    if delimiter != ",":
        notes.append(f"The columns are separated by {DELIMITERS[delimiter]}.")
    names = next((row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row), [])
    refuse_bad_names(names)
    cells = _parsed(text.encode(), names, delimiter)
    _refuse_no_header(cells)
    return cells, notes


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """Return the text, and a note where the encoding is not UTF-8."""
    encoding = next((name for bom, name in BOMS.items() if content.startswith(bom)), "")
    if not encoding:  # UTF-16 without its mark: nearly every second byte is zero
        halves = {"utf-16-be": content[:200:2], "utf-16-le": content[1:200:2]}
        encoding = next((one for one, half in halves.items() if half.count(0) > 0.7 * len(half)), "")
    try:
        text = content.decode(encoding or "utf-8")
        notes = ["The file is in UTF-16."] if encoding.startswith("utf-16") else []
    except UnicodeDecodeError as error:
        text, notes = _western(content, error.start) if not encoding else ("\0", [])
    if "\0" in text:
        raise DatasetInvalid("The file is neither text nor Parquet. Use to_parquet or to_csv(index=False).")
    return text, notes


def _western(content: bytes, start: int) -> tuple[str, list[str]]:
    line = content.count(b"\n", 0, start) + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise DatasetInvalid(
            f"Line {line} is no text in UTF-8, UTF-16 or Windows-1252. Save the file as CSV in UTF-8."
        ) from None
    told = f"The file is not in UTF-8 (first in line {line}) and was read as Windows-1252 (Latin-1)."
    return text, [f"{told} If letters with accents look wrong, save it in UTF-8."]


def delimiter_of(text: str) -> str:
    """Return the delimiter that gives the first rows the same number of columns, and most of them."""
    start = text[:200_000]
    widths = {delimiter: _widths(start, delimiter) for delimiter in DELIMITERS}
    even = [one for one in widths if len(set(widths[one])) == 1 and widths[one][0] > 1]
    return max(even or widths, key=lambda one: widths[one][0])


def _widths(text: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [row for row, _ in zip(reader, range(LOOKED_AT), strict=False) if row]
    except csv.Error:
        return [0]
    return [len(row) for row in rows[: len(rows) - 1 or 1]]  # the last may be cut


def _parsed(content: bytes, names: list[str], delimiter: str) -> pd.DataFrame:
    from pyarrow import ArrowInvalid, string
    from pyarrow import csv as arrow

    ragged: list[Any] = []

    def note(row: Any) -> str:
        ragged.append(row)
        return "skip"

    if content.count(b'"') % 2:
        raise DatasetInvalid("A double quote is opened and not closed. Write quotes inside of a cell twice.")
    try:
        table = arrow.read_csv(
            io.BytesIO(content),
            read_options=arrow.ReadOptions(use_threads=False, block_size=LONGEST_ROW),
            parse_options=arrow.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except ArrowInvalid as error:
        raise DatasetInvalid(f"The file cannot be read as CSV ({kind_of(error)}).") from error
    if ragged:
        raise DatasetInvalid(_ragged(ragged, len(names), delimiter))
    if not table.num_rows:
        raise DatasetInvalid("The file has no rows below its header.")
    cells: pd.DataFrame = table.to_pandas()
    return cells


def _ragged(rows: list[Any], width: int, delimiter: str) -> str:
    first, count = rows[0], len(rows)
    where = (
        f"Row {first.number} has" if count == 1 else f"{count} rows, the first is row {first.number}, have"
    )
    return (
        f"{where} another number of cells ({first.actual_columns}) than the header ({width}). Put cells that "
        f"contain {DELIMITERS[delimiter]} in double quotes, and give each row a cell for each column."
    )


def _refuse_no_header(cells: pd.DataFrame) -> None:
    """Raise `DatasetInvalid` where every name looks like a value of its column."""
    some = cells.head(1000)
    if all(_is_value(name, some[name].dropna()) for name in map(str, cells.columns)):
        raise DatasetInvalid("The first row looks like data. Add a first row with the names of the columns.")


def _is_value(name: str, column: pd.Series) -> bool:
    if NUMBER.fullmatch(name):
        return bool(column.map(lambda cell: NUMBER.fullmatch(cell) is not None).all())
    return name in set(column)
