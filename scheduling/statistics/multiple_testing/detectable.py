"""How much worse must a slice be to be seen? What a test that found nothing has to say."""

from __future__ import annotations

import math

from scipy import stats

from scheduling.statistics.comparison.verdict import POWER


def visible_loss(rows: int, square: float, *, critical: float, labels: bool) -> float:
    """Return the mean loss of a row that a slice of so many rows shows with a power of 0.8.

    `square` is the mean square of a row's gain where nothing is worse, `critical` the z from which on a
    slice counts as worse: loss δ is seen where δ sqrt(rows) = k sqrt(square + x), with k = critical +
    0.84. Rows that break add x = δ to the square of labels; a shift of all losses adds x = δ².
    """
    k2 = (critical + float(stats.norm.ppf(POWER))) ** 2 / rows
    if labels:
        return min(1.0, (k2 + math.sqrt(k2**2 + 4 * k2 * square)) / 2)
    return math.sqrt(k2 * square / (1 - k2)) if k2 < 1 else math.inf
