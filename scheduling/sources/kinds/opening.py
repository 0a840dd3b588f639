"""A source is opened by its kind; its rows come in the types that are kept, and from the window only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from predictions.contract.signature import SignatureSpec
from scheduling.models import DataSource
from scheduling.sources.columns.column_types import as_kept, kept_schema
from scheduling.sources.columns.time_column import inside
from scheduling.sources.kinds import files, functions, logged, queries
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window

if TYPE_CHECKING:
    import pyarrow as pa


@contextmanager
def open_rows(source: DataSource, window: Window, spec: SignatureSpec | None) -> Iterator[Rows]:
    """Give the rows; nothing of the source stays open afterwards. Raises `SourceRefused`, also on the way."""
    with _opened(source, window, spec) as raw:
        schema = kept_schema(raw.schema)
        batches: Iterator[pa.RecordBatch] = (as_kept(batch, schema) for batch in raw.batches)
        if name := source.time_column:
            if name not in schema.names:
                raise SourceRefused(f"The source gives no column {name}, its time column. Select it.")
            batches = inside(batches, name, window)
        yield Rows(schema=schema, batches=_with_rows(batches), count=raw.count)


def _opened(source: DataSource, window: Window, spec: SignatureSpec | None) -> AbstractContextManager[Rows]:
    match source.kind:
        case DataSource.Kind.QUERY:
            return queries.open_query(source, window)
        case DataSource.Kind.CALLABLE:
            return functions.open_function(source.function, window)
        case DataSource.Kind.FILES:
            return files.open_files(source, spec)
        case DataSource.Kind.LOG:
            return logged.open_log(source.registered_model, window)
        case _:
            return files.open_uploaded(source, spec)


def _with_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    return (batch for batch in batches if len(batch))
