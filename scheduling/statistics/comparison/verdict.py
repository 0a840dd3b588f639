"""What an interval shows, how many rows would show more, and how an evaluation set wears.

All looks at a set share alpha, and each later look gets less: the k-th has alpha_k = alpha k^-1.6 / ζ(1.6).
These sum to alpha, so alpha bounds the chance that any candidate that is not better is ever called better on
this set, by the union bound (ADDIS-spending: Tian and Ramdas, SMMR 2021, 30:976). The web tier reads the
words and WORN, and has no scipy.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduling.statistics.comparison.interval import Interval

EXPONENT = 1.6
WORN = 2.0  # the margin factor from which new labels are asked for
POWER = 0.8  # with which `units_to_settle` would show a gain of the asked size


class Verdict(StrEnum):
    """How a candidate compares with the champion on the primary metric, in the words that people read."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    CANNOT_TELL = "too close to call"
    NO_CHAMPION = "no live version"
    IS_LIVE = "the live version itself"
    NOT_REPRESENTATIVE = "the evaluation set is unlike the requests"


def verdict(interval: Interval, *, least_gain: float, margin: float) -> Verdict:
    """Return the first that the interval shows: better, not worse, worse, else too close to call."""
    if interval.low > least_gain:
        return Verdict.BETTER
    if interval.low > -margin:
        return Verdict.NOT_WORSE
    return Verdict.WORSE if interval.high < 0 else Verdict.CANNOT_TELL


def units_to_settle(interval: Interval, smallest_gain: float) -> int | None:
    """Return how many labelled rows (or groups) would show a gain of this size with a power of 0.8.

    None for a size of 0: no number of rows does.
    """
    from scipy import stats

    if smallest_gain <= 0:
        return None
    z = float(stats.norm.ppf(1 - interval.alpha) + stats.norm.ppf(POWER))
    return math.ceil((z * interval.spread / smallest_gain) ** 2)


def alpha_at(look: int, alpha: float) -> float:
    """Return the one-sided level of the `look`-th look, from 1, at a set whose looks share `alpha`."""
    from scipy import special

    return alpha * look**-EXPONENT / float(special.zeta(EXPONENT))


def margin_factor(look: int, alpha: float) -> float:
    """Return how much wider the interval is than at the first look, by the normal quantile: from 1 up."""
    from scipy import stats

    return float(stats.norm.isf(alpha_at(look, alpha)) / stats.norm.isf(alpha_at(1, alpha)))
