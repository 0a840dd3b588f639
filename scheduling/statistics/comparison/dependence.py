"""Which rows of an evaluation set depend on each other, and how many independent rows they are worth.

Rows of one day, customer or route share what neither model saw, so their gains move together. An interval
that counts each row for itself is then too narrow: on ten days of flights by a factor of 1.5 to 3.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scheduling.statistics.comparison.interval import corrected
from scheduling.statistics.comparison.pair import LEAST_GROUPS

ROUNDING = 1e-12
SUSPICION = 0.2  # at .05 weak dependence would be missed, and that is enough to break an interval's level


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Gains by group: how many rows each has, and the sum of their gains less the mean of all, (g,)."""

    sizes: np.ndarray
    sums: np.ndarray
    squares: float  # of the gains less their mean, over all rows

    @classmethod
    def of(cls, gains: np.ndarray, groups: np.ndarray, counts: np.ndarray | None = None) -> Clusters:
        """From gains and groups from 0, (n,); with `counts`, (n,), each stands for so many rows."""
        counts = np.ones(len(gains)) if counts is None else counts
        centred = gains - float(counts @ gains) / counts.sum()
        weighted = counts * centred
        sizes = np.bincount(groups, weights=counts)
        return cls(sizes=sizes, sums=np.bincount(groups, weights=weighted), squares=float(weighted @ centred))

    @property
    def rows(self) -> int:
        return int(self.sizes.sum())

    @property
    def effect(self) -> float:
        """Return the variance of the mean gain, over that of independent rows."""
        sums, n = corrected(self.sums, self.sizes), self.rows
        return float(sums @ sums) / (self.squares * n / (n - 1) or 1.0)

    @property
    def may_depend(self) -> bool:
        return LEAST_GROUPS <= len(self.sizes) < self.rows and self._p_of_equal_means < SUSPICION

    @property
    def _p_of_equal_means(self) -> float:
        """Return the p of the one-way analysis of variance."""
        n, count = self.rows, len(self.sizes)
        between = float(self.sums @ (self.sums / self.sizes))
        within = self.squares - between
        if within <= ROUNDING * self.squares:  # the rows of each group gain the same
            return 0.0 if between else 1.0
        return float(stats.f.sf(between / (count - 1) / (within / (n - count)), count - 1, n - count))


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """Rows of one group depend on each other. `groups` numbers them from 0, (n,), where they are at hand."""

    by: str  # the column, or the span of time
    count: int  # of groups
    rows: int
    effect: float  # Kish's design effect: the variance of the mean gain, over that of independent rows
    groups: np.ndarray | None = None

    @classmethod
    def measured(cls, by: str, clusters: Clusters, groups: np.ndarray | None = None) -> Dependence:
        """Return it with the effect on the mean of the gains."""
        count = len(clusters.sizes)
        return cls(by=by, count=count, rows=clusters.rows, effect=clusters.effect, groups=groups)

    @property
    def worth(self) -> int:
        """Return how many independent rows would show as much; at least one for each group."""
        return max(self.count, round(self.rows / self.effect))


def find_dependence(gains: np.ndarray, groupings: Mapping[str, np.ndarray]) -> Dependence | None:
    """Return `widest` of the groupings, each of which numbers the rows' groups from 0; `gains` are (n,)."""
    return widest(
        Dependence.measured(by, clusters, groups)
        for by, groups in groupings.items()
        if (clusters := Clusters.of(gains, groups)).may_depend
    )


def dependence_of(clusters: Mapping[str, Clusters], *, group_column: str) -> Dependence | None:
    """Return that of the policy's column, the only grouping then; without one, the `widest`."""
    if group_column:
        [(by, only)] = clusters.items()
        return Dependence.measured(by, only)
    return widest(Dependence.measured(by, one) for by, one in clusters.items() if one.may_depend)


def widest(found: Iterable[Dependence]) -> Dependence | None:
    """Return the one by which the mean gain varies most; None if rows look independent by each.

    A grouping counts if an analysis of variance of the gains by group has a p under `SUSPICION`
    (`may_depend`). To take the widest of several is the cautious side.
    """
    return max((one for one in found if one.effect > 1), key=lambda one: one.effect, default=None)
