"""The interval of a mean of losses, or of the root of one, from sums over rows that came in parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from scheduling.statistics.comparison.dependence import Clusters, Dependence, widest
from scheduling.statistics.comparison.interval import (
    Interval,
    corrected,
    freedom,
    freedom_by,
    freedom_of_sizes,
    matter_by,
    student,
)
from scheduling.statistics.comparison.pair import p_of_more, require_comparable
from scheduling.statistics.comparison.streamed_pair.moments import Moment, Moments
from scheduling.statistics.comparison.streamed_pair.sums_by_key import MOST_GROUPS, Codes, SumsByKey
from scheduling.statistics.metrics.influence import errors
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import Metric

CODE, LABEL, ROWS, OLD, MORE = "code", "label", "rows", "old", "more"


@dataclass(frozen=True, kw_only=True)
class OfGroups:
    """Of one grouping: how many rows each group has, the sums of its columns, and each label's groups."""

    sizes: np.ndarray  # (g,)
    sums: np.ndarray  # of the new loss less the old, and of the old, (g, 2)
    by_label: np.ndarray  # (k,)


class LossSums:
    """Of the losses of the champion and what the candidate's are more: moments, and sums by group."""

    def __init__(self, metric: Metric, options: Options, labels: tuple[object, ...]) -> None:
        self.metric, self.options, self.labels = metric, options, labels
        self.moments = Moments(2)
        self.of_label = np.zeros(len(labels), dtype=int)
        self.fixed = self.broken = 0
        self._first: tuple[Any, float, float] | None = None  # row: the champion's answer, and its losses
        self.is_constant = self.is_equal = True
        self._tables: dict[str, SumsByKey] = {}

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
            table = self._tables.setdefault(by, SumsByKey([CODE, LABEL], most=MOST_GROUPS))
            table.add(rows.assign(**{CODE: of_rows}))

    def basis(self, group_column: str) -> OfLosses | None:
        """As `PairSums.basis`."""
        found, groups = list[Dependence](), dict[str, OfGroups]()
        alone = OfLosses(sums=self, dependence=None, groups=None)
        for by, table in self._tables.items():
            if (whole := table.whole()) is None:
                return None
            groups[by] = self._of_groups(whole)
            clusters = replace(alone, groups=groups[by]).clusters(self.weights)
            if by == group_column or clusters.may_depend:
                found.append(Dependence.measured(by, clusters))
        dependence = found[0] if group_column else widest(found)
        return replace(alone, dependence=dependence, groups=groups[dependence.by] if dependence else None)

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

    def _of_groups(self, table: pd.DataFrame) -> OfGroups:
        groups = table.drop(columns=LABEL).groupby(CODE).sum()
        return OfGroups(
            sizes=groups[ROWS].to_numpy(),
            sums=groups[[MORE, OLD]].to_numpy(),
            by_label=np.bincount(table[LABEL], minlength=len(self.labels)),
        )


@dataclass(frozen=True, kw_only=True)
class OfLosses:
    """A `Basis`: the sums, and the groups of rows that depend on each other."""

    sums: LossSums
    dependence: Dependence | None
    groups: OfGroups | None

    @property
    def labels(self) -> tuple[object, ...]:
        return self.sums.labels

    @property
    def rows(self) -> int:
        return self.sums.moments.rows

    @property
    def is_grouped(self) -> bool:
        return self.groups is not None

    @property
    def units(self) -> int:
        return len(self.groups.sizes) if self.groups else self.rows

    @property
    def unit(self) -> str:
        return "groups" if self.groups else "rows"

    def is_constant(self, *, of_labels: bool) -> bool:
        return self.sums.is_constant

    def rows_by_label(self) -> np.ndarray:
        return self.sums.of_label

    def units_by_label(self) -> np.ndarray:
        return self.groups.by_label if self.groups and self.labels else self.rows_by_label()

    def interval(self, alpha: float) -> Interval:
        """Return what `gain_interval` would of the rows at once. Raises `MetricUndefined`."""
        sums = self.sums
        require_comparable(sums.metric, self)
        if sums.is_equal:
            raise MetricUndefined(f"the two versions differ equally on each of the {self.rows} rows")
        gain = self._gain
        interval = self._student(sums.weights, gain, alpha)
        if sums.metric.name != "rmse":
            return interval
        # As there: the difference of the mean squared errors over a scale that is taken as known.
        of_squares = np.array([-1 / sum(sums.values), 0.0])
        beside = self._student(of_squares, gain, alpha)
        return interval.or_beyond(beside.low, beside.high)

    def could_exceed(self, threshold: float, alpha: float) -> bool:
        return True

    def mcnemar(self) -> tuple[int, int, float] | None:
        if self.is_grouped or not self.labels:
            return None
        return self.sums.fixed, self.sums.broken, p_of_more(self.sums.fixed, self.sums.broken)

    def clusters(self, weights: np.ndarray) -> Clusters:
        """Return the groups' gains less their mean."""
        assert self.groups
        moment = self._moment(weights)
        sums = self.groups.sums @ weights - moment.mean * self.groups.sizes
        return Clusters(sizes=self.groups.sizes, sums=sums, squares=moment.squares)

    @property
    def _gain(self) -> float:
        old, new = self.sums.values
        return old - new  # of a loss, less is better

    def _moment(self, weights: np.ndarray) -> Moment:
        return self.sums.moments.of(weights)

    def _student(self, weights: np.ndarray, gain: float, alpha: float) -> Interval:
        """Student's t of the rows' combinations with these weights, or of the groups'."""
        n, moment = self.rows, self._moment(weights)
        if self.groups is None:
            error = math.sqrt(moment.squares * n / (n - 1)) / n
            degrees = freedom_by(matter_by(moment.squares, moment.fourths, n), n)
        else:
            sums = corrected(self.clusters(weights).sums, self.groups.sizes)
            error = math.sqrt(float(sums @ sums)) / n
            degrees = min(freedom(sums), freedom_of_sizes(self.groups.sizes))
        return student(gain, error, units=self.units, degrees=degrees, alpha=alpha)
