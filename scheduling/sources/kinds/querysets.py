"""Rows of Django's own tables: the types are those of the fields, so that no value is guessed from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import QuerySet

from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window, refuse_names

if TYPE_CHECKING:
    import pyarrow as pa

FETCHED = 10_000
TEXTS = (models.CharField, models.TextField, models.UUIDField, models.GenericIPAddressField)


def rows_of_queryset(queryset: QuerySet[Any]) -> Rows:
    """Give all columns, or those of `values()`. Raises `SourceRefused` for a field that no model takes."""
    import pyarrow as pa

    named = queryset.values(*(queryset._fields or ()))  # type: ignore[attr-defined]
    compiler = named.query.get_compiler(named.db)
    compiler.pre_sql_setup()
    query: Any = named.query
    names = list(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))
    refuse_names(names)
    fields = [expression.output_field for expression, *_ in compiler.select]
    schema = pa.schema([(name, _type_of(name, field)) for name, field in zip(names, fields, strict=True)])

    def count(column: str, window: Window) -> int:
        inside = {f"{column}__gte": window.since, f"{column}__lt": window.until} if column else {}
        return named.filter(**inside).count()

    return Rows(schema=schema, batches=_batches(named, schema), count=count)


def _type_of(name: str, field: Any) -> pa.DataType:
    import pyarrow as pa

    while field.is_relation:
        field = field.target_field
    if isinstance(field, models.BooleanField):
        return pa.bool_()
    if isinstance(field, models.IntegerField):
        return pa.int64()
    if isinstance(field, models.FloatField | models.DecimalField):
        return pa.float64()
    if isinstance(field, models.DateTimeField):
        return pa.timestamp("us", "UTC")
    if isinstance(field, models.DateField):
        return pa.date32()
    if isinstance(field, TEXTS):
        return pa.string()
    raise SourceRefused(
        f"The field {name} is a {type(field).__name__}, which no model takes. Leave it out with values()."
    )


def _batches(named: QuerySet[Any], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    rows = named.iterator(chunk_size=FETCHED)
    while some := list(islice(rows, FETCHED)):
        arrays = [pa.array(_values(some, column.name, column.type), type=column.type) for column in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _values(rows: list[dict[str, Any]], name: str, kept: pa.DataType) -> list[Any]:
    import pyarrow.types as is_

    values = [row[name] for row in rows]
    if is_.is_string(kept):
        return [None if value is None else str(value) for value in values]
    if is_.is_floating(kept):
        return [None if value is None else float(value) for value in values]
    return values
