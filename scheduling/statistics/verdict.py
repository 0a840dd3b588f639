"""What an interval shows, and how many rows would show more."""

from __future__ import annotations

import math

from scipy import stats

from scheduling.judging.outcomes import Verdict
from scheduling.statistics.interval import Interval

POWER = 0.8  # with which `units_to_settle` would show a gain as large as asked for


def verdict(interval: Interval, *, least_gain: float, margin: float) -> Verdict:
    """Return what the interval shows, in this order: better, not worse, worse, can't tell."""
    if interval.low > least_gain:
        return Verdict.BETTER
    if interval.low > -margin:
        return Verdict.NOT_WORSE
    return Verdict.WORSE if interval.high < 0 else Verdict.CANNOT_TELL


def units_to_settle(interval: Interval, smallest_gain: float) -> int | None:
    """Return how many labelled rows (or groups) would show a gain of this size with a power of 0.8.

    None for a size of 0: no number of rows does.
    """
    if smallest_gain <= 0:
        return None
    z = float(stats.norm.ppf(1 - interval.alpha) + stats.norm.ppf(POWER))
    return math.ceil((z * interval.spread / smallest_gain) ** 2)
