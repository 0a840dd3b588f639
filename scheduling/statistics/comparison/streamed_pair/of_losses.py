"""The interval of a mean of losses, or of the root of one, from sums over rows that came in parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scheduling.statistics.comparison.dependence import Clusters, Dependence, dependence_of
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
from scheduling.statistics.comparison.streamed_pair.losses import CODE, LABEL, MORE, OLD, ROWS, LossSums
from scheduling.statistics.comparison.streamed_pair.moments import Moment
from scheduling.statistics.comparison.streamed_pair.sums_by_key import wholes
from scheduling.statistics.metrics.scored import MetricUndefined


@dataclass(frozen=True, kw_only=True)
class OfGroups:
    """Of one grouping: how many rows each group has, the sums of its columns, and each label's groups."""

    sizes: np.ndarray  # (g,)
    sums: np.ndarray  # of the new loss less the old, and of the old, (g, 2)
    by_label: np.ndarray  # (k,)

    @classmethod
    def of(cls, table: pd.DataFrame, *, labels: int) -> OfGroups:
        """From sums by group and label."""
        groups = table.drop(columns=LABEL).groupby(CODE).sum()
        return cls(
            sizes=groups[ROWS].to_numpy(),
            sums=groups[[MORE, OLD]].to_numpy(),
            by_label=np.bincount(table[LABEL], minlength=labels),
        )


def basis_of_losses(sums: LossSums, group_column: str) -> OfLosses | None:
    """As `PairSums.basis`."""
    if (tables := wholes(sums.tables)) is None:
        return None
    alone = OfLosses(sums=sums, dependence=None, groups=None)
    groups = {by: OfGroups.of(whole, labels=len(sums.labels)) for by, whole in tables.items()}
    clusters = {by: replace(alone, groups=one).clusters(sums.weights) for by, one in groups.items()}
    dependence = dependence_of(clusters, group_column=group_column)
    return replace(alone, dependence=dependence, groups=groups[dependence.by] if dependence else None)


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
