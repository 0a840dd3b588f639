"""The second interval of metrics of squared errors: an extreme row does not explain itself."""

from __future__ import annotations

import numpy as np

from scheduling.statistics.comparison.interval import Interval, t_interval
from scheduling.statistics.metrics.scored import Scored

SQUARES = ("r2", "rmse")


def squares_interval(
    champion: Scored, candidate: Scored, scale: float, *, alpha: float, groups: np.ndarray | None
) -> Interval:
    """Return the interval of a gain that is the difference of the mean squared errors, divided by `scale`.

    Of r2 `scale` is the variance of the truth, of rmse the sum of both values. It is taken as known, so that
    a row counts by its own errors alone. Influence values have it vary with the row: one extreme row then
    explains its own error, or halves its own standard error.
    """
    gains = (champion.y - champion.predicted) ** 2 - (candidate.y - candidate.predicted) ** 2
    return t_interval(gains / scale, alpha=alpha, groups=groups)
