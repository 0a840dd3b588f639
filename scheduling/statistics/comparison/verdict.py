"""What an interval shows, and how many rows would show more."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduling.statistics.comparison.interval import Interval

POWER = 0.8  # with which `units_to_settle` would show a gain of the asked size


class Verdict(StrEnum):
    """How a candidate compares with the champion on the primary metric, in the words that people read."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    WORSE = "worse"
    CANNOT_TELL = "too close to call"
    NO_CHAMPION = "no champion"
    IS_LIVE = "the live version itself"


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
    from scipy import stats  # not installed in the web tier, which reads the words above

    if smallest_gain <= 0:
        return None
    z = float(stats.norm.ppf(1 - interval.alpha) + stats.norm.ppf(POWER))
    return math.ceil((z * interval.spread / smallest_gain) ** 2)
