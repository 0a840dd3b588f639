"""The interval of the gain of a candidate over the champion, by the family of the metric."""

from dataclasses import replace

import numpy as np

from scheduling.statistics.comparison import interval as of_rows
from scheduling.statistics.comparison.interval import Interval, t_interval
from scheduling.statistics.comparison.pair import Pair, require_comparable
from scheduling.statistics.comparison.plus_two import plus_two_interval
from scheduling.statistics.comparison.rank_interval import rank_interval
from scheduling.statistics.metrics.scored import MetricUndefined, Options
from scheduling.statistics.metrics.table import Family, Metric

SQUARES = ("r2", "rmse")  # of the mean squared error, and so they bend with it


def gain_interval(metric: Metric, pair: Pair, *, options: Options, alpha: float) -> Interval:
    """Return the interval of the gain. Raises `MetricUndefined` where its error rates would not hold."""
    require_comparable(metric, pair)
    if metric.family is Family.LABELS:
        return plus_two_interval(metric, pair, alpha=alpha)
    old, new = (metric.parts(rows, options) for rows in (pair.champion, pair.candidate))
    gains = metric.sign * (new - old)
    if (gains == gains[0]).all():
        raise MetricUndefined(f"the two versions differ equally on each of the {len(gains)} rows")
    if metric.family is Family.RANK:
        sums = of_rows.unit_sums(gains - gains.mean(), pair.groups)
        # Average precision bends most where few rows are far out of order: its level needs fewer degrees.
        by_sums = (
            of_rows.freedom(sums) if metric.name == "roc_auc" else max(0.5, of_rows.that_matter(sums) - 1)
        )
        degrees = min(int(pair.units_by_label().min()) - 1, by_sums)
        return rank_interval(old, new, alpha=alpha, degrees=degrees, groups=pair.groups)
    interval = t_interval(gains, alpha=alpha, groups=pair.groups)
    if metric.name not in SQUARES:
        return interval
    scale = float(pair.candidate.y.var()) if metric.name == "r2" else float(old.mean() + new.mean())
    of_squares = _squares_interval(pair, scale, alpha)
    return interval.or_beyond(of_squares.low, of_squares.high)


def gains_of_rows(metric: Metric, pair: Pair, options: Options) -> np.ndarray:
    """Return what each row gains, (n,): for metrics of labels, whether it became right."""
    if metric.family is Family.LABELS:
        right = [(rows.predicted == rows.y).astype(float) for rows in (pair.champion, pair.candidate)]
        return right[1] - right[0]
    old, new = (metric.parts(rows, options) for rows in (pair.champion, pair.candidate))
    return metric.sign * (new - old)


def _squares_interval(pair: Pair, scale: float, alpha: float) -> Interval:
    """Return the interval of a gain that is the difference of the mean squared errors, divided by `scale`.

    Of r2 `scale` is the variance of the truth, of rmse the sum of both values. It is taken as known, so that
    a row counts by its own errors alone. Influence values have it vary with the row: one extreme row then
    explains its own error, or halves its own standard error.
    """
    old, new = ((rows.y - rows.predicted) ** 2 for rows in (pair.champion, pair.candidate))
    return t_interval((old - new) / scale, alpha=alpha, groups=pair.groups)


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
    )
    return plus_two_interval(metric, won, alpha=alpha).low > threshold
