"""Sums by one or several keys over rows that come in parts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

Codes = Mapping[str, np.ndarray]  # of each grouping: a whole number for the group of each row, (n,)

MOST_GROUPS = 2_000_000  # of one grouping: about 100 MB
PENDING = 500_000  # rows of parts that wait to be added up


def wholes(tables: Mapping[str, SumsByKey]) -> dict[str, pd.DataFrame] | None:
    """Return the `whole` of each grouping; None where one gave up."""
    found = {by: table.whole() for by, table in tables.items()}
    kept = {by: whole for by, whole in found.items() if whole is not None}
    return kept if len(kept) == len(found) else None


class SumsByKey:
    """Adds up all other columns for each value of the keys; with more than `most` of them it gives up."""

    def __init__(self, keys: list[str], most: int | None = None) -> None:
        self._keys, self._most, self._gave_up = keys, most, False
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: pd.DataFrame) -> None:
        if self._gave_up:
            return
        self._parts.append(rows.groupby(self._keys, as_index=False).sum())
        if sum(map(len, self._parts[1:])) > PENDING:
            self._merge()

    def whole(self) -> pd.DataFrame | None:
        """Return a row for each value of the keys, in their order; None where it gave up."""
        self._merge()
        return None if self._gave_up else self._parts[0]

    def _merge(self) -> None:
        if len(self._parts) > 1:
            self._parts = [pd.concat(self._parts).groupby(self._keys, as_index=False).sum()]
        if self._most and self._parts and len(self._parts[0]) > self._most:
            self._gave_up, self._parts = True, []
