"""The intervals of a gain by Student's t of what each row gains; `gain` chooses by the metric.

Both models answered the same rows, so what counts is how each row's influence differs.
No resampling: the same bits on every replay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Of the gain (candidate - champion, positive is better), two-sided at 1 - 2 alpha."""

    low: float
    high: float
    spread: float  # standard deviation of the contribution of one unit: a row, or a group
    alpha: float  # one-sided

    def or_beyond(self, low: float, high: float) -> Interval:
        return replace(self, low=min(self.low, low), high=max(self.high, high))


def percent_sure(alpha: float) -> float:
    """Return how sure one end of an interval is, in percent, rounded down: alpha is one-sided."""
    return math.floor(1000 * (1 - alpha)) / 10


def t_interval(
    gains: np.ndarray, *, alpha: float, degrees: float | None = None, groups: np.ndarray | None = None
) -> Interval:
    """Return the mean of the rows' gains, (n,), ± t · se; `degrees` are by default those of the rows.

    se² = Σ s² / n² with the `unit_sums` s: for rows it is sd² / n.
    """
    sums = unit_sums(gains - gains.mean(), groups)
    degrees = freedom(sums) if degrees is None else degrees
    degrees = degrees if groups is None else min(degrees, freedom_of_groups(groups))
    error = math.sqrt(float(sums @ sums)) / len(gains)
    return student(float(gains.mean()), error, units=len(sums), degrees=degrees, alpha=alpha)


def student(gain: float, error: float, *, units: int, degrees: float, alpha: float) -> Interval:
    """Return a gain ± t · its standard error, which so many units gave."""
    half = float(stats.t.ppf(1 - alpha, degrees)) * error
    return Interval(low=gain - half, high=gain + half, spread=error * math.sqrt(units), alpha=alpha)


def unit_sums(centred: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return what each unit adds to the sum of squares of a mean, from values with mean 0.

    The sum of a unit's values, divided by √(1 - its share of all rows): Bell and McCaffrey's correction (CR2,
    Survey Methodology 2002, 28:169). Of rows it gives the usual n - 1.
    """
    if groups is None:
        return centred * math.sqrt(len(centred) / (len(centred) - 1))
    return corrected(np.bincount(groups, weights=centred), np.bincount(groups))


def corrected(sums: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the sums of groups of these sizes, divided as `unit_sums` says."""
    found: np.ndarray = sums / np.sqrt(1 - sizes / sizes.sum())
    return found


def freedom_of_groups(groups: np.ndarray) -> float:
    """Return `freedom_of_sizes` of rows' groups, (n,)."""
    return freedom_of_sizes(np.bincount(groups))


def freedom_of_sizes(sizes: np.ndarray) -> float:
    """Return Bell and McCaffrey's degrees of freedom of a mean by groups: their number less 1 if of one size.

    They are (tr M)² / tr M², for M the covariance of the corrected sums of independent rows.
    """
    sizes, n = sizes.astype(float), int(sizes.sum())
    outer = sizes**2 / (n * (1 - sizes / n))
    return float(n**2 / (sizes @ sizes + outer.sum() ** 2 - outer @ outer))


def that_matter(centred: np.ndarray) -> float:
    """Return m = (Σ d²)² / Σ d⁴ of n values with mean 0: n / 3 of normal ones, 3 where all but 3 are 0."""
    squares = centred * centred
    return matter_by(float(squares.sum()), float(squares @ squares), len(centred))


def matter_by(squares: float, fourths: float, n: int) -> float:
    """Return the same from Σ d² and Σ d⁴."""
    return squares**2 / fourths if fourths else float(n)


def freedom(centred: np.ndarray) -> float:
    """Return Satterthwaite's 2 s⁴ / Var(s²) = 2 / (1/m - 1/n), up to n - 1: n of normal values, 6 of 3.

    So many degrees of freedom a standard deviation has, where few of the rows may make it up.
    """
    return freedom_by(that_matter(centred), len(centred))


def freedom_by(matter: float, n: int) -> float:
    """Return the same from `that_matter`."""
    excess = 1 / matter - 1 / n
    return min(n - 1, 2 / excess) if excess > 0 else n - 1


def rank_interval(
    champion: np.ndarray,
    candidate: np.ndarray,
    *,
    alpha: float,
    degrees: float,
    groups: np.ndarray | None = None,
) -> Interval:
    """Return at each end the more cautious of two intervals; both models' rows, (n,), as `ranks` has them.

    One is Student's t of the rows' differences. Close to 1 it is too narrow, for few rows are out of order,
    and by luck even fewer. The other is made from an interval of each value on the logit scale, which
    stretches away from 1, combined by square-and-add with their correlation r (MOVER: Zou and
    Donner, Stat. Med. 2008, 27:1693): low = gain - √(a² - 2 r a b + b²), where a is how far the
    candidate's value may be lower, and b how far the champion's may be higher; likewise high.
    """
    plain = t_interval(candidate - champion, alpha=alpha, degrees=degrees, groups=groups)
    values = float(champion.mean()), float(candidate.mean())
    old, new = (unit_sums(one - one.mean(), groups) for one in (champion, candidate))
    squares = float(old @ old), float(new @ new)
    product = math.sqrt(squares[0] * squares[1])
    r = float(old @ new) / product if product else 0.0
    degrees = degrees if groups is None else min(degrees, freedom_of_groups(groups))
    t = float(stats.t.ppf(1 - alpha, degrees)) / len(champion)
    old_down, old_up = _reach(values[0], t * math.sqrt(squares[0]))
    new_down, new_up = _reach(values[1], t * math.sqrt(squares[1]))
    gain = values[1] - values[0]
    return plain.or_beyond(gain - _added(new_down, old_up, r), gain + _added(new_up, old_down, r))


def _reach(value: float, half: float) -> tuple[float, float]:
    """How far down and up the interval of one value goes, symmetric on the logit scale; 0 at 0 or 1."""
    if not 0 < value < 1:
        return 0.0, 0.0
    middle, stretch = special.logit(value), half / (value * (1 - value))
    return float(value - special.expit(middle - stretch)), float(special.expit(middle + stretch) - value)


def _added(a: float, b: float, r: float) -> float:
    return math.sqrt(max(0.0, a * a - 2 * r * a * b + b * b))
