"""Parquet to a frame with the types of its columns; an index is dropped, nested columns are refused."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from predictions.contract.error_texts import kind_of
from predictions.tables.names import DatasetInvalid, listed, refuse_bad_names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MOST_BYTES = 8 << 30  # of a table in memory: a small file can hold a large one


def read_parquet(file: bytes | BinaryIO) -> tuple[pd.DataFrame, list[str]]:
    """Return the cells by their types, and notes. Raises `DatasetInvalid`."""
    import pyarrow.parquet as pq

    with readable():
        # Where a page has a checksum; a damaged one without reads as other values, and nobody can tell.
        content = io.BytesIO(file) if isinstance(file, bytes) else file
        opened = pq.ParquetFile(content, page_checksum_verification=True)
        _refuse_too_large(opened.metadata)
        table = opened.read()
    table, notes = without_index(table)
    refuse_bad_names(table.column_names)
    _refuse_types(table.schema)
    if not table.num_rows:
        raise DatasetInvalid("The file has no rows.")
    return frame_of(table), notes


@contextmanager
def readable() -> Iterator[None]:
    """Raise `DatasetInvalid` where pyarrow cannot read on."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DatasetInvalid(
            f"The file cannot be read as Parquet ({kind_of(error)}). It may be cut: send it again."
        ) from error


def _refuse_too_large(metadata: Any) -> None:
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if size > MOST_BYTES:
        raise DatasetInvalid(f"The table has {size:,} bytes, more than {MOST_BYTES:,}. Send fewer rows.")


def without_index(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """Drop the columns that pandas wrote for the index of a frame."""
    try:
        written = json.loads((table.schema.metadata or {}).get(b"pandas", b"{}"))
        index = [name for name in written.get("index_columns", []) if name in table.column_names]
    except (ValueError, TypeError, AttributeError):
        index = []
    table = table.drop_columns(index) if index else table
    named = [name for name in index if not name.startswith("__index_level_")]
    told = f"The index {listed(named)} is no column, and was left out. Use reset_index() to keep it."
    return table.replace_schema_metadata(None), [told] if named else []


def _refuse_types(schema: pa.Schema) -> None:
    bad = [field.name for field in schema if not _is_taken(field.type)]
    if bad:
        verb = "holds" if len(bad) == 1 else "hold"
        raise DatasetInvalid(
            f"{listed(bad)} {verb} lists, structures, bytes or durations. Use columns of numbers, text, "
            "truth values, dates or categories."
        )


def _is_taken(kind: pa.DataType) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_taken(kind.value_type)
    plain = (
        types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_string,
        types.is_large_string, types.is_string_view, types.is_timestamp, types.is_date, types.is_null,
    )  # fmt: skip
    return any(is_one(kind) for is_one in plain)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Dates become timestamps, decimals floats; whole numbers and truth values with gaps keep their type."""
    import pandas as pd
    import pyarrow as pa

    nullable = {pa.bool_(): pd.BooleanDtype(), pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    fields = []
    for field, column in zip(table.schema, table.columns, strict=True):
        kind = field.type
        if pa.types.is_date(kind):
            kind = pa.timestamp("us")
        elif pa.types.is_decimal(kind) or pa.types.is_float16(kind):
            kind = pa.float64()
        elif pa.types.is_integer(kind) and column.null_count:
            kind = pa.uint64() if kind == pa.uint64() else pa.int64()
        fields.append(pa.field(field.name, kind))
    table = table.cast(pa.schema(fields))
    gaps = {field.type for field, column in zip(fields, table.columns, strict=True) if column.null_count}
    return table.to_pandas(types_mapper=lambda kind: nullable.get(kind) if kind in gaps else None)
