"""The interval of a gain in a metric of labels: Bonett and Price's plus-two."""

import math

import numpy as np
from scipy import stats

from scheduling.statistics.comparison.interval import Interval, freedom_of_groups
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.metrics.confusion import confusion
from scheduling.statistics.metrics.table import Metric


def plus_two_interval(metric: Metric, pair: Pair, *, alpha: float) -> Interval:
    """Return the interval of the gain of a metric of the confusion matrix.

    JEBS 2012, 37:479, carried over from accuracy by influence values: two units are added, one that only the
    candidate gets right and one that only the champion does, spread over the labels. With nothing discordant
    the interval is not 0 ± 0. A unit is a row or a group, and an added one is as large as the mean unit.
    """
    y, k = pair.candidate.y, len(pair.candidate.labels)
    champion, candidate = pair.champion.predicted, pair.candidate.predicted
    size = len(y) / pair.units
    total = len(y) + 2 * size
    extra = np.full((k, k), 1 / (k * (k - 1)))  # in each matrix: one unit right, one wrong
    np.fill_diagonal(extra, 1 / k)
    extra *= size
    old, of_champion = _influence(metric, (confusion(y, champion, k) + extra) / total)
    new, of_candidate = _influence(metric, (confusion(y, candidate, k) + extra) / total)
    rows = of_candidate.ravel()[y * k + candidate] - of_champion.ravel()[y * k + champion]
    quantile = float(stats.norm.ppf(1 - alpha))
    if pair.groups is not None:  # as in `t_interval`
        rows = np.bincount(pair.groups, weights=rows) / np.sqrt(1 - np.bincount(pair.groups) / total)
        quantile = float(stats.t.ppf(1 - alpha, freedom_of_groups(pair.groups)))
    squares = float(rows @ rows) + size**2 * _squares_of_added(of_champion, of_candidate)
    error = math.sqrt(squares) / total
    half = quantile * error
    gain = new - old
    return Interval(low=gain - half, high=gain + half, spread=error * math.sqrt(total / size), alpha=alpha)


def _influence(metric: Metric, shares: np.ndarray) -> tuple[float, np.ndarray]:
    """The metric, with the two added units in it, and the influence of each cell."""
    cells = metric.parts(shares)
    value = float((shares * cells).sum())
    return value, cells - value


def _squares_of_added(of_champion: np.ndarray, of_candidate: np.ndarray) -> float:
    """The squared influence differences of the added units, over the cells they are spread on."""
    k = len(of_champion)
    fixed = np.diag(of_candidate)[:, None] - of_champion
    broken = of_candidate - np.diag(of_champion)[:, None]
    squares = fixed**2 + broken**2
    np.fill_diagonal(squares, 0)
    return float(squares.sum()) / (k * (k - 1))
