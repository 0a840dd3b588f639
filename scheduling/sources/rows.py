"""Rows on their way: a window of time, and batches of one schema, whatever they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from predictions.contract.storable import storable
from scheduling.models import DataSource
from scheduling.sources.refusals import SourceRefused

if TYPE_CHECKING:
    import pyarrow as pa

THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MOST_COLUMNS = 2000


@dataclass(frozen=True, kw_only=True)
class Window:
    """From `since`, and before `until`: rows that are younger have no label yet."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, source: DataSource, *, now: datetime) -> Window:
        until = now - timedelta(days=source.label_delay_days)
        if source.window_days is None:
            return cls(since=THE_BEGINNING, until=until)
        return cls(since=max(THE_BEGINNING, until - timedelta(days=source.window_days)), until=until)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a source gives: batches that all have the columns of `schema`.

    `count` is there where the rows can be counted without reading them, as those of a table.
    """

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    count: Callable[[str, Window], int] | None = None  # by the time column, if any, inside the window


def refuse_names(names: list[str]) -> None:
    """Raise `SourceRefused` for columns that no table can have."""
    if not names:
        raise SourceRefused("The source gives no columns. Select at least one feature and the label.")
    if len(names) > MOST_COLUMNS:
        raise SourceRefused(
            f"The source gives {len(names):,} columns; at most {MOST_COLUMNS:,} are taken. Select fewer."
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SourceRefused(f"Two columns have the name {twice[0]}. Give one another name (SELECT … AS …).")
    if strange := [name for name in names if storable(name) != name]:
        raise SourceRefused(
            f"The column {storable(strange[0])} has a character that no text can hold. Rename it."
        )
    if "" in names:
        raise SourceRefused("A column has no name. Give it one (SELECT … AS …).")
