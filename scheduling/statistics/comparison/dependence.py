"""Which rows of an evaluation set depend on each other, and how many independent rows they are worth.

Rows of one day, customer or route share what neither model saw, so their gains move together. An interval
that counts each row for itself is then too narrow: on ten days of flights by a factor of 1.5 to 3.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scheduling.statistics.comparison.interval import unit_sums
from scheduling.statistics.comparison.pair import LEAST_GROUPS

SUSPICION = 0.2  # at .05 weak dependence would be missed, and that is enough to break an interval's level


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """Rows of one group depend on each other. `groups` numbers them from 0, (n,)."""

    by: str  # the column, or the span of time
    groups: np.ndarray
    effect: float  # Kish's design effect: the variance of the mean gain, over that of independent rows

    @classmethod
    def measured(cls, by: str, groups: np.ndarray, gains: np.ndarray) -> Dependence:
        """Return it with the effect on the mean of the gains, (n,)."""
        centred = gains - gains.mean()
        clustered, independent = unit_sums(centred, groups), unit_sums(centred, None)
        effect = float(clustered @ clustered) / (float(independent @ independent) or 1.0)
        return cls(by=by, groups=groups, effect=effect)

    @property
    def count(self) -> int:
        return int(self.groups.max()) + 1

    @property
    def worth(self) -> int:
        """Return how many independent rows would show as much; at least one for each group."""
        return max(self.count, round(len(self.groups) / self.effect))


def find_dependence(gains: np.ndarray, groupings: Mapping[str, np.ndarray]) -> Dependence | None:
    """Return the grouping by which the mean gain varies most; None if rows look independent by each.

    `gains`, (n,); each grouping numbers the rows' groups from 0, (n,). It counts if an analysis of variance
    of the gains by group has a p under `SUSPICION`. To take the widest of several is the cautious side.
    """
    found = [
        Dependence.measured(by, groups, gains)
        for by, groups in groupings.items()
        if LEAST_GROUPS <= groups.max() + 1 < len(groups) and _p_of_equal_means(gains, groups) < SUSPICION
    ]
    return max((one for one in found if one.effect > 1), key=lambda one: one.effect, default=None)


def _p_of_equal_means(gains: np.ndarray, groups: np.ndarray) -> float:
    """Return the p of the one-way analysis of variance."""
    sizes = np.bincount(groups)
    means = np.bincount(groups, weights=gains) / sizes
    between = float(sizes @ (means - gains.mean()) ** 2) / (len(sizes) - 1)
    within = float(((gains - means[groups]) ** 2).sum()) / (len(gains) - len(sizes))
    if not within:  # the rows of each group gain the same
        return 0.0 if between else 1.0
    return float(stats.f.sf(between / within, len(sizes) - 1, len(gains) - len(sizes)))
