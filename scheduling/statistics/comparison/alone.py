"""The interval of one model's metric by itself, for pictures over time; verdicts use the paired one."""

import numpy as np
from scipy import stats

from scheduling.statistics.comparison.interval import t_interval, unit_sums
from scheduling.statistics.metrics.influence import confusion
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import Family, Metric

ALPHA = 0.025  # on each side: of 100 such intervals about 95 hold the true value


def value_interval(
    metric: Metric, rows: Scored, *, options: Options, groups: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the 95 % interval of the metric's value. Raises `MetricUndefined`.

    Of labels with four rows added, two right and two wrong, spread over the labels (Agresti and Coull, Am.
    Stat. 1998, 52:119, carried over by influence values); of others by Student's t of the rows' parts.
    """
    if metric.family is Family.LABELS:
        low, high = _of_labels(metric, rows, groups)
    else:
        found = t_interval(metric.parts(rows, options), alpha=ALPHA, groups=groups)
        low, high = found.low, found.high
    return (low, high) if metric.family is Family.LOSS else (max(0.0, low), min(1.0, high))


def _of_labels(metric: Metric, rows: Scored, groups: np.ndarray | None) -> tuple[float, float]:
    y, k = rows.y, len(rows.labels)
    added = np.full((k, k), 2 / (k * max(1, k - 1)))
    np.fill_diagonal(added, 2 / k)
    shares = (confusion(y, rows.predicted, k) + added) / (len(y) + added.sum())
    cells = metric.parts(shares)
    value = float((shares * cells).sum())
    influences = (cells - value).ravel()[y * k + rows.predicted]
    sums = unit_sums(influences - influences.mean(), groups)
    squares = float(sums @ sums) + float((added * (cells - value) ** 2).sum())
    half = float(stats.norm.isf(ALPHA)) * squares**0.5 / (len(y) + added.sum())
    return value - half, value + half
