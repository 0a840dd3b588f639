"""The interval of a gain in a loss: Student's t, with the degrees of freedom that the rows have."""

from __future__ import annotations

import numpy as np

from scheduling.statistics.comparison.freedom import freedom
from scheduling.statistics.comparison.interval import Interval, sums_by_unit, t_interval
from scheduling.statistics.metrics.scored import Scored

SQUARES = ("r2", "rmse")


def loss_interval(
    gain: float, influence: np.ndarray, *, alpha: float, groups: np.ndarray | None = None
) -> Interval:
    """Return gain ± t · se of each row's difference of influence values, (n,)."""
    degrees = freedom(sums_by_unit(influence, groups))
    return t_interval(gain, influence, alpha=alpha, degrees=degrees, groups=groups)


def squares_interval(
    champion: Scored, candidate: Scored, gain: float, scale: float, *, alpha: float, groups: np.ndarray | None
) -> Interval:
    """Return the interval of a gain that is the difference of the mean squared errors, divided by `scale`.

    Of r2 `scale` is the variance of the truth, of rmse the sum of both values. It is taken as known, so that
    a row counts by its own errors alone. Influence values have it vary with the row: one extreme row then
    explains its own error, or halves its own standard error.
    """
    squares = (champion.y - champion.predicted) ** 2 - (candidate.y - candidate.predicted) ** 2
    return loss_interval(gain, (squares - squares.mean()) / scale, alpha=alpha, groups=groups)
