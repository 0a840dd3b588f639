"""Metrics of any number of rows, part by part: of each part sums are kept, and they give the same values.

Metrics of labels come from one confusion matrix, means of losses from their sums, r2 and rmse from sums of
squares (of the truth by Chan, Golub and LeVeque, 1979), and ROC AUC from all scores, which are on
disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from scheduling.statistics.metrics.influence import confusion, errors
from scheduling.statistics.metrics.ranks import ranked, scores_by_label
from scheduling.statistics.metrics.scored import Counted, MetricUndefined, Options, Scored
from scheduling.statistics.metrics.spilled import Spilled
from scheduling.statistics.metrics.table import CLASSIFICATION, METRICS

MEANS = ("log_loss", "brier", "mae", "mape", "pinball")
MOST_SCORES = 200_000_000  # of one version: 1.6 GB on disk
NEEDS_ALL = "it needs all rows at once, and they are too many"


@dataclass(kw_only=True, eq=False)
class Sums:
    """One model's answers to the rows that were added so far; `labels` is empty for a regression."""

    labels: tuple[object, ...]
    options: Options
    rows: int = 0
    undefined: dict[str, str] = field(default_factory=dict)  # by metric
    _counts: np.ndarray | None = None
    _sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(MEANS, 0.0))
    _scores: Spilled | None = None
    _first: float = 0.0  # the first target value: near it others have more digits
    _truth: tuple[float, float] = (0.0, 0.0)  # mean, from there, and sum of squared deviations
    _squares: float = 0.0
    _known: dict[str, float] = field(default_factory=dict)  # values of the rows so far

    def add(self, part: Scored) -> None:
        """Add the rows of a part, of which there is at least one."""
        self._known.clear()
        self._add_means(part)
        if self.labels:
            counts = confusion(part.y, part.predicted, len(self.labels))
            self._counts = counts if self._counts is None else self._counts + counts
            self._add_scores(part)
        else:
            self._add_squares(part)
        self.rows += len(part.y)

    def refuse(self, why: str) -> None:
        """Have no metric at all, for this reason."""
        self.undefined |= dict.fromkeys([*METRICS, "precision_macro"], why)

    def values(self, names: Iterable[str]) -> tuple[dict[str, float | None], dict[str, str]]:
        """Return the value of each, None where it has none, and why it has none: as `measure` does."""
        values: dict[str, float | None] = {}
        undefined: dict[str, str] = {}
        for name in names:
            try:
                if name not in self._known:
                    self._known[name] = self._value(name)
                values[name] = self._known[name]
            except MetricUndefined as error:
                values[name], undefined[name] = None, str(error)
        return values, undefined

    def _value(self, name: str) -> float:
        from scheduling.statistics.metrics.values import VALUES

        if not self.rows:
            raise MetricUndefined("there are no rows")
        if name in self.undefined:
            raise MetricUndefined(self.undefined[name])
        if name in MEANS:
            return self._sums[name] / self.rows
        if name == "rmse":
            return math.sqrt(self._squares / self.rows)
        if name == "r2":
            if not self._truth[1]:
                raise MetricUndefined("the target value is the same in every row")
            return 1 - self._squares / self._truth[1]
        if name == "roc_auc":
            return self._auc()
        if name == "average_precision":
            raise MetricUndefined(NEEDS_ALL)
        assert self._counts is not None
        return VALUES[name](Counted(counts=self._counts, labels=self.labels), self.options)

    def _add_means(self, part: Scored) -> None:
        from scheduling.statistics.metrics.values import VALUES

        for name in MEANS:
            if (METRICS[name].task == CLASSIFICATION) == bool(self.labels) and name not in self.undefined:
                try:
                    self._sums[name] += VALUES[name](part, self.options) * len(part.y)
                except MetricUndefined as error:
                    self.undefined[name] = str(error)

    def _add_scores(self, part: Scored) -> None:
        if "roc_auc" in self.undefined:
            return
        try:
            each = scores_by_label(part, self.options)
        except MetricUndefined as error:
            self.undefined["roc_auc"] = str(error)
            return
        if (self.rows + len(part.y)) * len(each) > MOST_SCORES:
            self.undefined["roc_auc"] = NEEDS_ALL
            self._scores = None
            return
        self._scores = self._scores or Spilled()
        self._scores.add(part.y, list(each.values()))

    def _auc(self) -> float:
        """The plain mean over the rankings."""
        assert self._scores
        found = []
        for ranking, label in enumerate(ranked(len(self.labels), self.options)):
            positives, negatives, auc = self._scores.auc(ranking, label)
            if not positives and len(self.labels) > 2:
                raise MetricUndefined(f"there are no rows with the label {self.labels[label]}")
            if not (positives and negatives):
                raise MetricUndefined("all rows have the same label")
            found.append(auc)
        return sum(found) / len(found)

    def _add_squares(self, part: Scored) -> None:
        try:
            missed = errors(part)
        except MetricUndefined as error:
            self.undefined |= dict.fromkeys(("r2", "rmse"), str(error))
            return
        self._squares += float(missed @ missed)
        if not self.rows:
            self._first = float(part.y[0])
        y, n, (mean, spread) = part.y - self._first, len(part.y), self._truth
        here = float(y.mean())
        moved, total = here - mean, self.rows + n
        spread += float(((y - here) ** 2).sum()) + moved**2 * self.rows * n / total
        self._truth = mean + moved * n / total, spread
