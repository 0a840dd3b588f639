"""From the samples of several rounds to what the table shows: medians, paired ratios, percentiles."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median of several rounds, with the lowest and the highest."""

    median: float
    low: float
    high: float


def spread(samples: Sequence[float]) -> Spread:
    """Return median, lowest and highest. Raises `ValueError` where there are none."""
    if not samples:
        raise ValueError("no samples")
    return Spread(statistics.median(samples), min(samples), max(samples))


def paired_ratio(ours: Sequence[float], rivals: Sequence[float]) -> Spread:
    """Return the spread of ours / rival, round by round: what slows both in a round cancels.

    Raises `ValueError` unless both have the same number of rounds, and none of the rival's is 0.
    """
    if len(ours) != len(rivals):
        raise ValueError(f"{len(ours)} rounds of ours, {len(rivals)} of the rival's")
    if 0 in rivals:
        raise ValueError("a round of the rival's gave 0")
    return spread([a / b for a, b in zip(ours, rivals, strict=True)])


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least `share` (0 to 1) of all do not exceed: nearest rank."""
    if not samples:
        raise ValueError("no samples")
    return sorted(samples)[max(math.ceil(share * len(samples)), 1) - 1]
