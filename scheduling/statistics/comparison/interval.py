"""The interval of a gain: plus-two for metrics of labels, Student's t for losses and ranks.

The rows are those on which both models were asked, so what counts is how each row's influence differs.
No resampling: the same bits on every replay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from scheduling.statistics.comparison.freedom import freedom
from scheduling.statistics.metrics.confusion import confusion

Parts = Callable[[np.ndarray], np.ndarray]  # of a metric of labels: `metrics.confusion`


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Of the gain (candidate - champion, positive is better), two-sided at 1 - 2 alpha."""

    low: float
    high: float
    spread: float  # standard deviation of the contribution of one unit: a row, or a group
    alpha: float  # one-sided

    def or_beyond(self, low: float, high: float) -> Interval:
        """The more cautious of two, at each end."""
        return replace(self, low=min(self.low, low), high=max(self.high, high))


def t_interval(
    gains: np.ndarray, *, alpha: float, degrees: float | None = None, groups: np.ndarray | None = None
) -> Interval:
    """Return the mean of the rows' gains, (n,), ± t · se; with the freedom of the rows, where none is given.

    se² = G / (G - 1) · Σ (sum of a unit's gains, less their means)² / n², for G units: for rows sd² / n.
    """
    sums = centred_sums(gains, groups)
    degrees = freedom(sums) if degrees is None else degrees
    units, gain = len(sums), float(gains.mean())
    error = math.sqrt(units / (units - 1) * float(sums @ sums)) / len(gains)
    half = float(stats.t.ppf(1 - alpha, degrees)) * error
    return Interval(low=gain - half, high=gain + half, spread=error * math.sqrt(units), alpha=alpha)


def plus_two_interval(
    parts: Parts,
    y: np.ndarray,
    champion: np.ndarray,
    candidate: np.ndarray,
    *,
    k: int,
    alpha: float,
    groups: np.ndarray | None = None,
) -> Interval:
    """Return the interval of the gain of a metric of the confusion matrix.

    Bonett and Price's (JEBS 2012, 37:479), carried over from accuracy by influence values: two units are
    added, one that only the candidate gets right and one that only the champion does, spread over the
    labels. With nothing discordant the interval is not 0 ± 0. `y`, `champion` and `candidate` are
    positions 0…k-1, (n,). A unit is a row or a group, and an added one is as large as the mean unit.
    """
    n, units = len(y), len(y) if groups is None else int(groups.max()) + 1
    size = n / units
    total = n + 2 * size
    extra = size * _spread_out(k)
    old, of_champion = _influence(parts, (confusion(y, champion, k) + extra) / total)
    new, of_candidate = _influence(parts, (confusion(y, candidate, k) + extra) / total)
    rows = of_candidate.ravel()[y * k + candidate] - of_champion.ravel()[y * k + champion]
    sums = _by_unit(rows, groups)
    squares = float(sums @ sums) + size**2 * _squares_of_added(of_champion, of_candidate)
    error = math.sqrt(squares) / total
    half = float(stats.norm.ppf(1 - alpha)) * error
    gain = new - old
    return Interval(low=gain - half, high=gain + half, spread=error * math.sqrt(total / size), alpha=alpha)


def centred_sums(values: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the values less their mean, added up over each group that is numbered from 0."""
    return _by_unit(values - values.mean(), groups)


def _by_unit(values: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    return values if groups is None else np.bincount(groups, weights=values)


def _influence(parts: Parts, shares: np.ndarray) -> tuple[float, np.ndarray]:
    """The metric, which here has the two added rows in it, and the influence of each cell."""
    cells = parts(shares)
    value = float((shares * cells).sum())
    return value, cells - value


def _spread_out(k: int) -> np.ndarray:
    """What the two added units put into either model's confusion matrix: one right, one wrong."""
    extra = np.full((k, k), 1 / (k * (k - 1)))
    np.fill_diagonal(extra, 1 / k)
    return extra


def _squares_of_added(of_champion: np.ndarray, of_candidate: np.ndarray) -> float:
    """The squared influence differences of the added units, over the cells they are spread on."""
    k = len(of_champion)
    fixed = np.diag(of_candidate)[:, None] - of_champion
    broken = of_candidate - np.diag(of_champion)[:, None]
    squares = fixed**2 + broken**2
    np.fill_diagonal(squares, 0)
    return float(squares.sum()) / (k * (k - 1))
