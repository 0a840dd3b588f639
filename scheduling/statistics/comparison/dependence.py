"""Which rows of an evaluation set depend on each other, and how many independent rows they are worth.

Rows of one day, customer or route share what both models did not see, so their gains move together. An interval
that counts each row for itself is then too narrow: on ten days of flights by a factor of 1.5 to 3.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEAST_GROUPS = 5  # fewer show nothing
SUSPICION = (
    0.2  # a test of the same level would miss weak dependence, which is enough to break an interval's level
)


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """Rows of one group depend on each other. `groups` numbers them from 0, (n,)."""

    by: str  # the column, or the span of time
    groups: np.ndarray
    effect: float  # Kish's design effect: the variance of the mean gain, over that of independent rows

    @property
    def count(self) -> int:
        return int(self.groups.max()) + 1

    @property
    def worth(self) -> int:
        """Return how many independent rows would show as much; at least one for each group."""
        return max(self.count, round(len(self.groups) / self.effect))


def find_dependence(gains: np.ndarray, groupings: Mapping[str, np.ndarray]) -> Dependence | None:
    """Return the grouping by which the mean gain varies most; None where rows look independent by each.

    `gains`, (n,); each grouping numbers the rows' groups from 0, (n,). One counts where an analysis of variance
    of the gains by group has a p under `SUSPICION`. Taking the widest of several errs on the side of caution.
    """
    found = []
    for by, groups in groupings.items():
        sizes = np.bincount(groups)
        if LEAST_GROUPS <= len(sizes) < len(groups) and _p_of_equal_means(gains, groups, sizes) < SUSPICION:
            effect = _design_effect(gains, groups, sizes)
            found += [Dependence(by=by, groups=groups, effect=effect)] if effect > 1 else []
    return max(found, key=lambda one: one.effect, default=None)


def _p_of_equal_means(gains: np.ndarray, groups: np.ndarray, sizes: np.ndarray) -> float:
    """Return the p of the one-way analysis of variance."""
    means = np.bincount(groups, weights=gains) / sizes
    between = float(sizes @ (means - gains.mean()) ** 2) / (len(sizes) - 1)
    within = float(((gains - means[groups]) ** 2).sum()) / (len(gains) - len(sizes))
    return float(stats.f.sf(between / within, len(sizes) - 1, len(gains) - len(sizes))) if within else 1.0


def _design_effect(gains: np.ndarray, groups: np.ndarray, sizes: np.ndarray) -> float:
    centred = gains - gains.mean()
    sums = np.bincount(groups, weights=centred)
    clustered = float((sums**2 / (1 - sizes / len(gains))).sum())
    independent = float(centred @ centred) * len(gains) / (len(gains) - 1)
    return clustered / independent if independent else 1.0
