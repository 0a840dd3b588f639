"""The types that a snapshot keeps: whole numbers, numbers, booleans, text and moments. Others are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import refuse_names

if TYPE_CHECKING:
    import pyarrow as pa

CAST = "Cast it to a number, text or a timestamp in the source, or leave it out."


def kind_of(kept: pa.DataType) -> str:
    """Return the kind of a type that is kept, as signatures call it; "empty" where no row had a value."""
    import pyarrow.types as is_

    if is_.is_timestamp(kept):
        return "timestamp"
    return {"int64": "int", "double": "float", "bool": "bool", "string": "text", "null": "empty"}[str(kept)]


def kept_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema in which these columns are kept. Raises `SourceRefused`."""
    import pyarrow as pa

    refuse_names(schema.names)
    return pa.schema([pa.field(column.name, _kept(column.name, column.type)) for column in schema])


def _kept(name: str, given: pa.DataType) -> pa.DataType:
    import pyarrow as pa
    import pyarrow.types as is_

    if is_.is_dictionary(given):
        return _kept(name, given.value_type)
    if is_.is_null(given) or is_.is_boolean(given):
        return given
    if is_.is_integer(given):
        return pa.int64()
    if is_.is_floating(given) or is_.is_decimal(given):
        return pa.float64()
    if is_.is_string(given) or is_.is_large_string(given) or is_.is_string_view(given):
        return pa.string()
    if is_.is_date(given):
        return pa.timestamp("us")
    if is_.is_timestamp(given):
        return pa.timestamp("us", tz="UTC" if given.tz else None)
    raise SourceRefused(f"The column {name} holds {given}, which no model takes. {CAST}")


def as_kept(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the batch in the schema's types. Raises `SourceRefused` where a value does not fit."""
    import pyarrow as pa

    if batch.schema.names != schema.names:
        raise SourceRefused("The source changed its columns between two batches. Give each batch the same.")
    columns = [_cast(batch.column(i), column) for i, column in enumerate(schema)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(values: pa.Array, column: pa.Field) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.type == column.type:
        return values
    try:
        return pc.cast(values, options=pc.CastOptions(column.type, allow_time_truncate=True))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    raise SourceRefused(
        f"The column {column.name} holds {kind_or_type(column.type)} values first and {values.type} values "
        "later. Cast it to one type in the source."
    )


def kind_or_type(given: pa.DataType) -> str:
    """Return the kind of a type in a message, or the type's own name."""
    try:
        return kind_of(given)
    except KeyError:
        return str(given)
