"""Sums of both models' losses over rows that come in parts: a mean of losses, or the root of one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from scheduling.statistics.comparison.streamed_pair.moments import Moments
from scheduling.statistics.comparison.streamed_pair.sums_by_key import MOST_GROUPS, Codes, SumsByKey
from scheduling.statistics.metrics.influence import errors
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import Metric

CODE, LABEL, ROWS, OLD, MORE = "code", "label", "rows", "old", "more"


class LossSums:
    """Of the losses of the champion and what the candidate's are more: moments, and sums by group."""

    def __init__(self, metric: Metric, options: Options, labels: tuple[object, ...]) -> None:
        self.metric, self.options, self.labels = metric, options, labels
        self.moments = Moments(2)
        self.of_label = np.zeros(len(labels), dtype=int)
        self.fixed = self.broken = 0
        self._first: tuple[Any, float, float] | None = None  # row: the champion's answer, and its losses
        self.is_constant = self.is_equal = True
        self.tables: dict[str, SumsByKey] = {}

    def add(self, champion: Scored, candidate: Scored, codes: Codes) -> None:
        """Add the rows of a part. Raises `MetricUndefined`."""
        old, new = (self._losses(rows) for rows in (champion, candidate))
        more, y = new - old, candidate.y
        self._compare(champion, old, more)
        self.moments.add(np.column_stack([more, old]))
        if self.labels:
            self.of_label += candidate.rows_by_label()
            was, now = champion.predicted == y, candidate.predicted == y
            self.fixed += int((now & ~was).sum())
            self.broken += int((was & ~now).sum())
        rows = pd.DataFrame({LABEL: y if self.labels else 0, ROWS: 1, MORE: more, OLD: old})
        for by, of_rows in codes.items():
            table = self.tables.setdefault(by, SumsByKey([CODE, LABEL], most=MOST_GROUPS))
            table.add(rows.assign(**{CODE: of_rows}))

    @property
    def weights(self) -> np.ndarray:
        """Return those of what the candidate's loss is more, and of the champion's, in the gain, (2,).

        Of the root of a mean by the influence values: (loss + value²) / (2 value) less the other's.
        """
        if self.metric.name != "rmse":
            return np.array([-1.0, 0.0])
        # Of a value of 0 all losses are 0, whatever they are multiplied by.
        old, new = (1 / (2 * value) if value else 1.0 for value in self.values)
        return np.array([-new, old - new])

    @property
    def values(self) -> tuple[float, float]:
        """Return the metric of both."""
        more, old = self.moments.means.tolist()
        both = old, max(0.0, old + more)
        return (math.sqrt(both[0]), math.sqrt(both[1])) if self.metric.name == "rmse" else both

    def _losses(self, rows: Scored) -> np.ndarray:
        return errors(rows) ** 2 if self.metric.name == "rmse" else self.metric.parts(rows, self.options)

    def _compare(self, champion: Scored, old: np.ndarray, more: np.ndarray) -> None:
        """Note whether the champion says the same of every row, and whether each row differs equally."""
        said = champion.predicted if champion.probabilities is None else champion.probabilities
        self._first = self._first or (said[0], old[0], more[0])
        self.is_constant = self.is_constant and bool((said == self._first[0]).all())
        of_root = self.metric.name == "rmse" and bool(self._first[2])  # then a loss counts by its size too
        equal = (more == self._first[2]) & ((old == self._first[1]) | (not of_root))
        self.is_equal = self.is_equal and bool(equal.all())
