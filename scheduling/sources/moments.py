"""The time column: moments as seconds since 1970, from timestamps, ISO 8601 text or Unix seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduling.sources.refusals import SourceRefused
from scheduling.sources.rows import Window

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def seconds_of(batch: pa.RecordBatch, name: str) -> np.ndarray:
    """Return float64 seconds (n,); what has no time zone is UTC. Raises `SourceRefused`, also for a gap."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    column = batch.column(name)
    if column.null_count:
        raise SourceRefused(
            f"The time column {name} is empty in some rows, so nobody knows whether they are new. "
            "Leave such rows out."
        )
    if not pa.types.is_timestamp(column.type) and not pa.types.is_string(column.type):
        if pa.types.is_boolean(column.type) or pa.types.is_null(column.type):
            raise SourceRefused(f"The time column {name} has no times. Name a column of timestamps.")
        numbers: np.ndarray = column.to_numpy(zero_copy_only=False).astype(np.float64)
        return numbers
    try:
        values = pd.to_datetime(column.to_pandas(), utc=True, format="ISO8601")
    except (ValueError, OverflowError):
        raise SourceRefused(
            f"The time column {name} has text that is no time. Write times as 2026-12-31 or 2026-12-31T08:00."
        ) from None
    seconds: np.ndarray = values.astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    return seconds


def inside(batches: Iterator[pa.RecordBatch], name: str, window: Window) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the window. Raises what `seconds_of` raises."""
    import pyarrow as pa

    since, until = window.since.timestamp(), window.until.timestamp()
    for batch in batches:
        seconds = seconds_of(batch, name)
        taken = (seconds >= since) & (seconds < until)
        yield batch if taken.all() else batch.filter(pa.array(taken))
