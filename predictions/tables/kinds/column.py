"""One column of a file, counted, and what was found out about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from predictions.contract.fields import Kind

if TYPE_CHECKING:
    import pandas as pd

LEAST_OF_AN_ID = 20  # rows that all differ


@dataclass(frozen=True, kw_only=True)
class Found:
    """A kind, or the question whose answer is one of `choices`: kinds, or "drop"."""

    kind: Kind | None = None
    dtype: str = ""  # what a model is given, where the kind does not say it
    note: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a file, counted. `begins` is the number of its first row in messages."""

    cells: pd.Series
    begins: int = 2

    @cached_property
    def is_declared(self) -> bool:
        """Whether the file says its type (Parquet), so that nothing of it is guessed from text."""
        return str(self.cells.dtype) != "object"

    @cached_property
    def counts(self) -> pd.Series:
        """How often each value occurs, most frequent first."""
        known = self.cells.dropna()
        return (known.astype("object") if str(known.dtype) == "category" else known).value_counts()

    @cached_property
    def rows(self) -> int:
        """Rows with a value."""
        return int(self.counts.sum())

    @property
    def is_unique(self) -> bool:
        """Whether no two of its rows, twenty or more, have the same value."""
        return len(self.counts) == self.rows >= LEAST_OF_AN_ID

    @cached_property
    def is_plain_fractions(self) -> bool:
        """Whether all cells are finite numbers, some with a fraction, none like 007: found out fast."""
        import numpy as np
        import pandas as pd

        texts = self.counts.index
        values = pd.to_numeric(texts.to_series(), errors="coerce").to_numpy(float)
        if not np.isfinite(values).all() or not (values % 1).any():
            return False
        return not any(text.lstrip(" +-0")[:1].isdigit() and text.lstrip(" +-")[0] == "0" for text in texts)

    def matching(self, test: Callable[[str], object]) -> int:
        """The number of rows whose text passes a test."""
        return int(sum(count for value, count in self.counts.items() if test(str(value))))

    def first(self, test: Callable[[str], object]) -> int:
        """The number of the first row whose text passes a test, as the file's reader counts."""
        passing = {value for value in self.counts.index if test(str(value))}
        return int(self.cells.isin(passing).to_numpy().argmax()) + self.begins
