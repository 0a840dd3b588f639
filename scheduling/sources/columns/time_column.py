"""The time column: moments as seconds since 1970, from timestamps, ISO 8601 text or Unix seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from predictions.tables.typed import moments, numbers
from scheduling.sources.columns.column_types import kind_of
from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


YEAR_10000 = 253_402_300_800.0  # in seconds since 1970


def seconds_of(batch: pa.RecordBatch, name: str) -> np.ndarray:
    """Return float64 seconds (n,); what has no time zone is UTC. Raises `SourceRefused`, also for a gap."""
    column = batch.column(name)
    if column.null_count:
        raise SourceRefused(
            f"The time column {name} is empty in some rows, so nobody knows whether they are new. "
            "Leave such rows out."
        )
    values = column.to_pandas()
    seconds = numbers(values) if kind_of(column.type) in ("int", "float") else moments(values)
    if not (seconds.abs() < YEAR_10000).all():
        raise SourceRefused(
            f"The time column {name} has values that are no time. Use timestamps, Unix seconds, or text such "
            "as 2026-12-31T08:00."
        )
    found: np.ndarray = seconds.to_numpy()
    return found


def inside(batches: Iterator[pa.RecordBatch], name: str, window: Window) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the window. Raises what `seconds_of` raises."""
    import pyarrow as pa

    since, until = window.since.timestamp(), window.until.timestamp()
    for batch in batches:
        seconds = seconds_of(batch, name)
        taken = (seconds >= since) & (seconds < until)
        yield batch if taken.all() else batch.filter(pa.array(taken))
