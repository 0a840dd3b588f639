"""The interval of a gain in ROC AUC or average precision: wide enough near 1 as well."""

import math

import numpy as np
from scipy import special, stats

from scheduling.statistics.comparison.interval import (
    Interval,
    freedom_of_groups,
    t_interval,
    unit_sums,
)


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
    errors, r = _errors(old, new, len(champion))
    degrees = degrees if groups is None else min(degrees, freedom_of_groups(groups))
    t = float(stats.t.ppf(1 - alpha, degrees))
    (old_down, old_up), (new_down, new_up) = (
        _reach(value, t * error) for value, error in zip(values, errors, strict=True)
    )
    gain = values[1] - values[0]
    return plain.or_beyond(gain - _added(new_down, old_up, r), gain + _added(new_up, old_down, r))


def _errors(old: np.ndarray, new: np.ndarray, n: int) -> tuple[tuple[float, float], float]:
    """The standard error of each value, as in `t_interval`, and their correlation."""
    squares = float(old @ old), float(new @ new)
    product = math.sqrt(squares[0] * squares[1])
    errors = math.sqrt(squares[0]) / n, math.sqrt(squares[1]) / n
    return errors, float(old @ new) / product if product else 0.0


def _reach(value: float, half: float) -> tuple[float, float]:
    """How far down and up the interval of one value goes, symmetric on the logit scale; 0 at 0 or 1."""
    if not 0 < value < 1:
        return 0.0, 0.0
    middle, stretch = special.logit(value), half / (value * (1 - value))
    return float(value - special.expit(middle - stretch)), float(special.expit(middle + stretch) - value)


def _added(a: float, b: float, r: float) -> float:
    return math.sqrt(max(0.0, a * a - 2 * r * a * b + b * b))
