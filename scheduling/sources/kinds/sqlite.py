"""Rows from SQLite, which has types by value: all values are looked at first, so that no guess is wrong."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predictions.conf import config, setting_name
from predictions.contract.error_texts import kind_of
from scheduling.sources.deadline import too_slow
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window, refuse_names

if TYPE_CHECKING:
    import pyarrow as pa

FETCHED = 8192  # rows at a time
STEPS = 100_000  # of SQLite's machine between two looks at the clock: some milliseconds
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
LOOKED_AT = 400  # columns in one pass: four values each, and a result has at most 2,000
STORAGE = ("integer", "real", "text", "blob")
MOMENT = "%Y-%m-%d %H:%M:%S"  # as Django writes it


@contextmanager
def open_sqlite(path: str, query: str, window: Window) -> Iterator[Rows]:
    """Give the rows of one statement, which can only read. Raises `SourceRefused`."""
    parameters = {"since": f"{window.since:{MOMENT}}", "until": f"{window.until:{MOMENT}}"}
    try:
        with closing(_connected(path)) as connection:
            names = [column[0] for column in connection.execute(query, parameters).description or ()]
            refuse_names(names)
            schema = _schema(connection, query, parameters, names)
            yield Rows(schema=schema, batches=_batches(connection.execute(query, parameters), schema))
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _refused(error) from error


def _connected(path: str) -> sqlite3.Connection:
    """Return a connection that sees one state, reads only, and ends at the time limit."""
    deadline = time.monotonic() + config.SOURCE_TIME_LIMIT_SECONDS
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
    connection.execute("BEGIN")
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY
    )
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    return connection


def _schema(
    connection: sqlite3.Connection, query: str, parameters: dict[str, str], names: list[str]
) -> pa.Schema:
    import pyarrow as pa

    found: list[tuple[bool, ...]] = []
    columns = [f"c{i}" for i in range(len(names))]
    for start in range(0, len(names), LOOKED_AT):
        some = columns[start : start + LOOKED_AT]
        looks = ", ".join(f"max(typeof({column}) = '{kind}')" for column in some for kind in STORAGE)
        statement = f"WITH looked({', '.join(columns)}) AS ({query}\n) SELECT {looks} FROM looked"  # noqa: S608
        values = [bool(value) for value in connection.execute(statement, parameters).fetchone()]
        found += zip(*(values[i::4] for i in range(4)), strict=True)
    return pa.schema([(name, _type_of(name, *kinds)) for name, kinds in zip(names, found, strict=True)])


def _type_of(name: str, integer: bool, real: bool, text: bool, blob: bool) -> pa.DataType:
    import pyarrow as pa

    if blob:
        raise SourceRefused(f"The column {name} holds bytes, which no model takes. Leave it out.")
    if text and (integer or real):
        raise SourceRefused(
            f"The column {name} holds numbers and text. Cast it in the query: CAST({name} AS TEXT), or "
            "AS REAL."
        )
    if text:
        return pa.string()
    return pa.float64() if real else pa.int64() if integer else pa.null()


def _batches(cursor: sqlite3.Cursor, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    while rows := cursor.fetchmany(FETCHED):
        columns: Any = zip(*rows, strict=True)
        arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _refused(error: Exception) -> SourceRefused:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_INTERRUPT:
        return too_slow()
    if code in (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY):
        return SourceRefused(
            "The query does more than read rows, and sources are read only. Enter one SELECT."
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB):
        where = setting_name("DATA_SOURCES")
        return SourceRefused(f"The database of the source cannot be opened. Check its path in {where}.")
    if code == sqlite3.SQLITE_ERROR:  # about the query: it quotes no value of a row
        return SourceRefused(f"The database refuses the query: {error}. Correct it.")
    if isinstance(error, sqlite3.Warning) or "one statement" in str(error):
        return SourceRefused("The query has several statements. Enter one SELECT.")
    if "binding" in str(error):
        return SourceRefused("The query has another parameter than :since and :until. Leave it out.")
    return SourceRefused(f"The rows of the query cannot be read ({kind_of(error)}). Is all text in UTF-8?")
