"""The interval of a gain: Student's t of what each row gains.

Both models answered the same rows, so what counts is how each row's influence differs.
No resampling: the same bits on every replay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Of the gain (candidate - champion, positive is better), two-sided at 1 - 2 alpha."""

    low: float
    high: float
    spread: float  # standard deviation of the contribution of one unit: a row, or a group
    alpha: float  # one-sided

    def or_beyond(self, low: float, high: float) -> Interval:
        return replace(self, low=min(self.low, low), high=max(self.high, high))


def t_interval(
    gains: np.ndarray, *, alpha: float, degrees: float | None = None, groups: np.ndarray | None = None
) -> Interval:
    """Return the mean of the rows' gains, (n,), ± t · se; `degrees` are by default those of the rows.

    se² = G / (G - 1) · Σ (sum of a unit's gains, less their means)² / n², for G units: for rows sd² / n.
    """
    sums = centred_sums(gains, groups)
    degrees = freedom(sums) if degrees is None else degrees
    units, gain = len(sums), float(gains.mean())
    error = math.sqrt(units / (units - 1) * float(sums @ sums)) / len(gains)
    half = float(stats.t.ppf(1 - alpha, degrees)) * error
    return Interval(low=gain - half, high=gain + half, spread=error * math.sqrt(units), alpha=alpha)


def centred_sums(values: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return `sums_by_unit` of the values less their mean."""
    return sums_by_unit(values - values.mean(), groups)


def sums_by_unit(values: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the sum over each group, or the values themselves."""
    return values if groups is None else np.bincount(groups, weights=values)


def that_matter(centred: np.ndarray) -> float:
    """Return m = (Σ d²)² / Σ d⁴ of n values with mean 0: n / 3 of normal ones, 3 where all but 3 are 0."""
    squares = centred * centred
    fourth = float(squares @ squares)
    return float(squares.sum()) ** 2 / fourth if fourth else float(len(centred))


def freedom(centred: np.ndarray) -> float:
    """Return Satterthwaite's 2 s⁴ / Var(s²) = 2 / (1/m - 1/n), up to n - 1: n of normal values, 6 of 3.

    So many degrees of freedom a standard deviation has, where few of the rows may make it up.
    """
    n = len(centred)
    excess = 1 / that_matter(centred) - 1 / n
    return min(n - 1, 2 / excess) if excess > 0 else n - 1
