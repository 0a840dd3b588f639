"""Rows from PostgreSQL: the query is described, then streamed by COPY as CSV into Arrow batches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from predictions.conf import config, setting_name
from predictions.contract.error_texts import kind_of
from scheduling.sources.deadline import too_slow
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window, refuse_names

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

BLOCK = 4 << 20  # bytes of CSV that become one batch
OF_THE_QUERY = ("42", "0A", "54")  # classes of errors whose text quotes the query and no data
SESSION = "SET LOCAL statement_timeout = {}; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'"
CAST = "Cast it to a number, text or a timestamp in the query, or leave it out."


@contextmanager
def open_postgresql(url: str, query: str, window: Window) -> Iterator[Rows]:
    """Give the rows of one statement in a transaction that cannot write. Raises `SourceRefused`."""
    import psycopg

    parameters = {"since": window.since, "until": window.until}
    try:
        with closing(psycopg.connect(url, connect_timeout=10, application_name="snapshot")) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute(SESSION.format(config.SOURCE_TIME_LIMIT_SECONDS * 1000))
            schema = _described(connection, query, parameters)
            statement = f"COPY ({query}\n) TO STDOUT (FORMAT csv)"
            with connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
                yield Rows(schema=schema, batches=_batches(copy, schema))
                connection.close()  # rows may be left: the server stops sending them
    except psycopg.Error as error:
        raise _refused(error) from error


def _described(connection: psycopg.Connection, query: str, parameters: dict[str, Any]) -> pa.Schema:
    """Return names and types. A prepared statement is one statement: COPY alone would take several."""
    import pyarrow as pa

    statement = f"SELECT * FROM ({query}\n) AS rows LIMIT 0"  # noqa: S608
    cursor = connection.execute(statement, parameters, prepare=True)
    columns = cursor.description or []
    refuse_names([column.name for column in columns])
    return pa.schema([(column.name, _type_of(column)) for column in columns])


def _type_of(column: psycopg.Column) -> pa.DataType:
    import pyarrow as pa

    types = {
        "int2": pa.int64(), "int4": pa.int64(), "int8": pa.int64(), "float4": pa.float64(),
        "float8": pa.float64(), "numeric": pa.float64(), "bool": pa.bool_(), "text": pa.string(),
        "varchar": pa.string(), "bpchar": pa.string(), "uuid": pa.string(), "name": pa.string(),
        "date": pa.timestamp("us"), "timestamp": pa.timestamp("us"), "timestamptz": pa.timestamp("us", "UTC"),
    }  # fmt: skip
    name = column.type_display.partition("(")[0]
    if name not in types:
        raise SourceRefused(f"The column {column.name} is of the type {name}, which no model takes. {CAST}")
    return types[name]


def _batches(copy: psycopg.Copy, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Each read is one whole row, so that no row is cut; and no thread reads ahead on the connection."""
    rows: list[bytes] = []
    size = 0
    while row := bytes(copy.read()):
        rows.append(row)
        size += len(row)
        if size >= BLOCK:
            yield from _parsed(b"".join(rows), schema)
            rows, size = [], 0
    if rows:
        yield from _parsed(b"".join(rows), schema)


def _parsed(block: bytes, schema: pa.Schema) -> list[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv

    options = {
        "read_options": csv.ReadOptions(column_names=schema.names, use_threads=False),
        "parse_options": csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        "convert_options": csv.ConvertOptions(
            column_types=schema, null_values=[""], true_values=["t"], false_values=["f"],
            strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    }  # fmt: skip
    try:
        batches: list[pa.RecordBatch] = csv.read_csv(pa.BufferReader(block), **options).to_batches()
    except pa.ArrowInvalid as error:
        number = re.search(r"In CSV column #(\d+)", str(error))
        which = f"The column {schema.names[int(number[1])]}" if number else "A column"
        raise SourceRefused(
            f"{which} has a value that cannot be kept, such as an infinite timestamp. Leave such rows out."
        ) from error
    return batches


def _refused(error: psycopg.Error) -> SourceRefused:
    from psycopg import OperationalError, errors

    if isinstance(error, errors.QueryCanceled):
        return too_slow()
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return SourceRefused("The query writes, and sources are read only. Enter one SELECT.")
    if "multiple commands" in str(error) or 'at or near ";"' in str(error):
        return SourceRefused("The query has several statements. Enter one SELECT.")
    if error.sqlstate and error.sqlstate[:2] in OF_THE_QUERY:
        return SourceRefused(
            f"The database refuses the query: {str(error).partition(chr(10))[0]}. Correct it."
        )
    if isinstance(error, OperationalError):
        setting = setting_name("DATA_SOURCES")
        return SourceRefused(
            f"The database of the source does not answer. Check it, and its URL in {setting}."
        )
    return SourceRefused(f"The query failed on the data ({kind_of(error)}). Try it in the database.")
