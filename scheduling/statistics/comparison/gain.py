"""The interval of the gain of a candidate over the champion, by the family of the metric."""

import math
from dataclasses import replace

import numpy as np
from scipy import stats

from scheduling.statistics.comparison.interval import (
    Interval,
    freedom,
    freedom_of_sizes,
    rank_interval,
    t_interval,
    that_matter,
    unit_sums,
)
from scheduling.statistics.comparison.pair import NO_BETTER_THAN_CHANCE, Pair, require_comparable
from scheduling.statistics.metrics.influence import confusion
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, Family, Metric

SQUARES = ("r2", "rmse")  # of the mean squared error, and so they bend with it


def gain_interval(metric: Metric, pair: Pair, *, options: Options, alpha: float) -> Interval:
    """Return the interval of the gain. Raises `MetricUndefined` where its error rates would not hold."""
    require_comparable(metric, pair)
    if metric.family is Family.LABELS:
        if pair.is_constant(of_labels=True) and not _beats_guessing(pair, alpha=alpha):
            raise MetricUndefined(NO_BETTER_THAN_CHANCE)
        return plus_two_interval(metric, pair, alpha=alpha)
    old, new = (metric.parts(rows, options) for rows in (pair.champion, pair.candidate))
    gains = metric.sign * (new - old)
    if (gains == gains[0]).all():
        raise MetricUndefined(f"the two versions differ equally on each of the {len(gains)} rows")
    if metric.family is Family.RANK:
        sums = unit_sums(gains - gains.mean(), pair.groups)
        # Average precision bends most where few rows are far out of order: its level needs fewer degrees.
        by_sums = freedom(sums) if metric.name == "roc_auc" else max(0.5, that_matter(sums) - 1)
        degrees = min(int(pair.units_by_label().min()) - 1, by_sums)
        return rank_interval(old, new, alpha=alpha, degrees=degrees, groups=pair.groups)
    interval = t_interval(gains, alpha=alpha, groups=pair.groups)
    if metric.name not in SQUARES:
        return interval
    # Also the difference of the mean squared errors over a scale that is taken as known (the variance of the
    # truth; the sum of both values), so that a row counts by its own errors alone. Influence values have the
    # scale vary with the row: one extreme row then explains its own error, or halves its own standard error.
    scale = float(pair.candidate.y.var()) if metric.name == "r2" else float(old.mean() + new.mean())
    old, new = ((rows.y - rows.predicted) ** 2 for rows in (pair.champion, pair.candidate))
    of_squares = t_interval((old - new) / scale, alpha=alpha, groups=pair.groups)
    return interval.or_beyond(of_squares.low, of_squares.high)


def _beats_guessing(pair: Pair, *, alpha: float) -> bool:
    """Whether the candidate knows something of the labels, where the champion knows nothing.

    A coin beats one label for all rows in F1, as it finds some of each label. Its balanced accuracy is that
    of the champion: 1 / k, whatever the coin's weight. Both intervals have to lie above 0 then, so that the
    level is no larger than that of one.
    """
    return plus_two_interval(METRICS["balanced_accuracy"], pair, alpha=alpha).low > 0


def gains_of_rows(metric: Metric, pair: Pair, options: Options) -> np.ndarray:
    """Return what each row adds to the gain, (n,): of labels its influence, else by `scores_of_rows`."""
    if metric.family is Family.LABELS:
        return _influences(metric, pair, 1.0)[2]
    old, new = (scores_of_rows(metric, rows, options) for rows in (pair.champion, pair.candidate))
    return metric.sign * (new - old)


def scores_of_rows(metric: Metric, rows: Scored, options: Options) -> np.ndarray:
    """Return the metric's part of each row, (n,); for metrics of labels 1 if the row is right, else 0."""
    if metric.family is Family.LABELS:
        return (rows.predicted == rows.y).astype(float)
    return metric.parts(rows, options)


def could_exceed(metric: Metric, pair: Pair, threshold: float, *, alpha: float) -> bool:
    """Whether the interval could lie above `threshold`, given which rows the two disagree on.

    For labels: had the candidate won every row on which exactly one of the two is right (after Tarone,
    Biometrics 1990, 46:515). Such a candidate spends alpha, another cannot. For others always.
    """
    if metric.family is not Family.LABELS:
        return True
    y, old, new = pair.candidate.y, pair.champion.predicted, pair.candidate.predicted
    lost = (old == y) & (new != y)
    won = Pair(
        champion=replace(pair.champion, predicted=np.where(lost, new, old)),
        candidate=replace(pair.candidate, predicted=np.where(lost, old, new)),
        groups=pair.groups,
        counts=pair.counts,
    )
    return plus_two_interval(metric, won, alpha=alpha).low > threshold


def plus_two_interval(metric: Metric, pair: Pair, *, alpha: float) -> Interval:
    """Return the interval of the gain of a metric of the confusion matrix.

    JEBS 2012, 37:479, carried over from accuracy by influence values: two rows are added, one that only the
    candidate gets right and one that only the champion does, spread over the labels. With nothing discordant
    the interval is not 0 ± 0. Where rows depend on each other, an added one stands for as many as are worth
    one independent row: their design effect, which is the size of a group whose rows are all alike.
    """
    counts = np.ones(len(pair.candidate.y)) if pair.counts is None else pair.counts
    size, quantile = 1.0, float(stats.norm.ppf(1 - alpha))
    if pair.groups is not None:
        size = _design_effect(_influences(metric, pair, size)[2], pair.groups, counts)
    total = pair.rows + 2 * size
    old, new, rows, added = _influences(metric, pair, size)
    squares = float(counts * rows @ rows)
    if pair.groups is not None:  # as in `t_interval`
        sizes = np.bincount(pair.groups, weights=counts)
        rows = np.bincount(pair.groups, weights=counts * rows) / np.sqrt(1 - sizes / total)
        squares = float(rows @ rows)
        quantile = float(stats.t.ppf(1 - alpha, freedom_of_sizes(sizes)))
    error, gain = math.sqrt(squares + size**2 * added) / total, new - old
    half, spread = quantile * error, error * math.sqrt(total * pair.units / pair.rows)
    return Interval(low=gain - half, high=gain + half, spread=spread, alpha=alpha)


def _influences(metric: Metric, pair: Pair, size: float) -> tuple[float, float, np.ndarray, float]:
    """Both metrics with the added rows, what each row adds to the gain, (n,), and the square of the added."""
    y, k = pair.candidate.y, len(pair.candidate.labels)
    champion, candidate = pair.champion.predicted, pair.candidate.predicted
    total = pair.rows + 2 * size
    extra = np.full((k, k), 1 / (k * (k - 1)))  # in each matrix: one right, one wrong
    np.fill_diagonal(extra, 1 / k)
    extra *= size
    old, of_champion = _influence(metric, (confusion(y, champion, k, pair.counts) + extra) / total)
    new, of_candidate = _influence(metric, (confusion(y, candidate, k, pair.counts) + extra) / total)
    rows = of_candidate.ravel()[y * k + candidate] - of_champion.ravel()[y * k + champion]
    fixed = np.diag(of_candidate)[:, None] - of_champion
    broken = of_candidate - np.diag(of_champion)[:, None]
    of_added = fixed**2 + broken**2  # over the cells that the added rows are spread on
    np.fill_diagonal(of_added, 0)
    return old, new, rows, float(of_added.sum()) / (k * (k - 1))


def _design_effect(rows: np.ndarray, groups: np.ndarray, counts: np.ndarray) -> float:
    """Return the variance of the mean over that of independent rows; where nothing varies, of equal ones."""
    centred = rows - float(counts @ rows) / counts.sum()
    mean_size, square = float(counts.sum()) / (int(groups.max()) + 1), float(counts * centred @ centred)
    sums = np.bincount(groups, weights=counts * centred)
    return max(1.0, float(sums @ sums) / square if square else mean_size)


def _influence(metric: Metric, shares: np.ndarray) -> tuple[float, np.ndarray]:
    """The metric, with the two added rows in it, and the influence of each cell."""
    cells = metric.parts(shares)
    value = float((shares * cells).sum())
    return value, cells - value
