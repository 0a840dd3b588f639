"""A table as the bytes of a file: Parquet, which keeps the kinds of columns, or CSV without pyarrow."""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from model_delivery.errors import InvalidInput, Problem
from model_delivery.tables.frames import Frame
from model_delivery.tables.values import json_values

LOOKS_TYPED = re.compile(r"\s*[-+]?[\d.,]*\d[\d.,]*(e[-+]?\d+)?\s*|true|false|nan", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """The bytes, what to call them, and the kinds of columns that the bytes do not tell."""

    name: str
    content: bytes
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def as_file(frame: Frame, role: str) -> TableFile:
    """Return the file of a table. Raises `InvalidInput` naming the columns that no file can hold."""
    if find_spec("pyarrow") is None:
        return _as_csv(frame, role)
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table(_arrays(frame, pa))
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return TableFile(name=f"{role}.parquet", content=sink.getvalue())


def _arrays(frame: Frame, pa: Any) -> dict[str, Any]:
    arrays, problems = {}, []
    for name, values in frame.columns.items():
        try:
            arrays[name] = pa.array(values, from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError):
            message = "Its values are of several types, or of one that a file cannot hold."
            remedy = (
                f'Make them one: frame["{name}"] = frame["{name}"].astype("string"), or leave the column out.'
            )
            problems.append(Problem(field=name, message=message, remedy=remedy))
    if problems:
        raise InvalidInput("The data cannot be sent:", problems=problems)
    return arrays


def _as_csv(frame: Frame, role: str) -> TableFile:
    """Numbers in text are told apart by a kind, because a CSV file does not: "01067" is no number."""
    columns = {name: json_values(name, values) for name, values in frame.columns.items()}
    sink = io.StringIO(newline="")
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    kinds = {name: "text" for name, values in columns.items() if _is_typed_text(values)}
    return TableFile(name=f"{role}.csv", content=sink.getvalue().encode(), kinds=kinds)


def _is_typed_text(values: list[Any]) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(v, str) and LOOKS_TYPED.fullmatch(v) for v in given)
