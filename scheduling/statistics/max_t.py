"""Is the worst of many overlapping slices worse than chance makes it? Max-T by sign flips.

Under the null each unit's gain is as likely to be the other way round. Flipping the sign of whole units
keeps how the slices overlap, so the p values are adjusted for all of them (Westfall and Young 1993).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats
from threadpoolctl import threadpool_limits

from scheduling.statistics.comparison.verdict import POWER

FLIPS_AT_ONCE = 64


@dataclass(frozen=True, kw_only=True)
class MaxT:
    """z of each slice (positive: worse), its adjusted one-sided p, both (S,); and z's critical value."""

    z: np.ndarray
    p: np.ndarray
    critical: float


def max_t(losses: np.ndarray, *, flips: int, alpha: float, chance: np.random.Generator) -> MaxT:
    """Test the slices' losses, one line for each unit and a column for each slice, (n, S).

    An entry is the sum of -gain over the unit's rows in the slice, 0 outside. z = Σ loss / sqrt(Σ loss²).
    A slice in which nothing differs has z = 0 and p = 1.
    """
    losses = losses[losses.any(axis=1)]
    scale = np.sqrt((losses**2).sum(axis=0))
    unit = losses / np.where(scale > 0, scale, 1)
    z = unit.sum(axis=0)
    with threadpool_limits(1):  # on a busy machine two threads wait for each other: 10 times the seconds
        blocks = []  # of the largest z of any slice, one for each random flip
        for done in range(0, flips, FLIPS_AT_ONCE):
            size = (min(FLIPS_AT_ONCE, flips - done), len(unit))
            signs = chance.integers(0, 2, size=size, dtype=np.int8) * 2.0 - 1.0
            blocks.append((signs @ unit).max(axis=1))
    worst = np.concatenate(blocks)
    reached = (worst[:, None] >= z - 1e-9).sum(axis=0)
    p = np.where(scale > 0, (1 + reached) / (flips + 1), 1.0)
    return MaxT(z=z, p=p, critical=float(np.quantile(worst, 1 - alpha, method="higher")))


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
