"""A function of an installed package: `rows(since, until)` gives a frame, a query set or Arrow batches."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from predictions.conf import config, setting_name
from predictions.contract.error_texts import kind_of
from scheduling.runs.named_functions import NotImportable, function_at
from scheduling.sources.kinds.querysets import rows_of_queryset
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Rows, Window, refuse_names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BATCH = 65_536
TAKEN = "Return a DataFrame, a QuerySet, or an iterator of pyarrow record batches."


@contextmanager
def open_function(name: str, window: Window) -> Iterator[Rows]:
    """Give what the function returns for the window. Raises `SourceRefused`, whatever the function does."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        with _blamed(name):
            rows = _as_rows(name, _loaded(name)(window.since, window.until))
        yield replace(rows, batches=_guarded(name, rows.batches))


def _loaded(name: str) -> Any:
    path = config.SOURCE_CALLABLES.get(name)
    if path is None:
        setting = setting_name("SOURCE_CALLABLES")
        raise SourceRefused(f"{setting} has no function {name} any more. Add it, or change the source.")
    try:
        return function_at(path)
    except NotImportable as error:
        remedy = f"Correct {setting_name('SOURCE_CALLABLES')}, or install its package."
        raise SourceRefused(f"{error} {remedy}") from error


@contextmanager
def _blamed(name: str) -> Iterator[None]:
    """Turn whatever the function raises into a sentence; a process that it forked ends here."""
    process = os.getpid()
    try:
        yield
    except (SourceRefused, MemoryError, GeneratorExit):
        raise
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(where.filename)}, line {where.lineno}"
        raise SourceRefused(
            f"The function {name} raised {kind_of(error)} ({place}). Correct it. Those who may read the "
            "data find the traceback with the run."
        ) from error
    finally:
        if os.getpid() != process:
            os._exit(1)


def _guarded(name: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    with _blamed(name):
        yield from batches


def _as_rows(name: str, given: Any) -> Rows:
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        return _rows_of_frame(given)
    if isinstance(given, QuerySet):
        return rows_of_queryset(given)
    if given is None or not hasattr(given, "__iter__"):
        raise SourceRefused(f"The function {name} returned {type(given).__name__}. {TAKEN}")
    return _rows_of_batches(name, iter(given))


def _rows_of_frame(frame: pd.DataFrame) -> Rows:
    import pyarrow as pa

    if strange := [column for column in frame.columns if not isinstance(column, str)]:
        raise SourceRefused(f"The frame has a column called {strange[0]!r}, which is no text. Rename it.")
    refuse_names(list(frame.columns))
    arrays = {}
    for column in frame.columns:
        try:
            arrays[column] = pa.Array.from_pandas(frame[column])
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise SourceRefused(
                f"The column {column} of the frame holds values of several types. Give it one with astype()."
            ) from None
    table = pa.table(arrays)
    return Rows(schema=table.schema, batches=iter(table.to_batches(max_chunksize=BATCH)))


def _rows_of_batches(name: str, given: Iterator[Any]) -> Rows:
    import pyarrow as pa

    def batches() -> Iterator[pa.RecordBatch]:
        for one in chain([first], given):
            if isinstance(one, pa.Table):
                yield from one.to_batches(max_chunksize=BATCH)
            elif isinstance(one, pa.RecordBatch):
                yield one
            else:
                raise SourceRefused(f"The function {name} gave {type(one).__name__}. {TAKEN}")

    first = next(given, None)
    if first is None:
        raise SourceRefused(f"The function {name} gave no batch. Give one without rows if there are none.")
    if not isinstance(first, pa.Table | pa.RecordBatch):
        raise SourceRefused(f"The function {name} gave {type(first).__name__}. {TAKEN}")
    return Rows(schema=first.schema, batches=batches())
