"""Metrics that are a mean over rows, or a function of two means: value, and influence of each row.

The influence of a row is how much n times the metric moves when that row gets a little more weight; its
mean is 0. For a mean of losses it is the row's loss less the mean; for the others, the delta method.
"""

from __future__ import annotations

import numpy as np

from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.undefined import MetricUndefined

Influence = tuple[float, np.ndarray]


def log_loss(rows: Scored, options: Options) -> Influence:
    """Return the mean of -ln p(label), every probability raised to the floor first, then normalised.

    Without a floor one row to which a forest gives no vote costs 36. 0 is best.
    """
    probabilities = _probabilities(rows)
    raised = np.empty(probabilities.shape)
    np.clip(probabilities, options.log_loss_floor, 1, out=raised)
    return _mean(np.log(np.einsum("ij->i", raised) / _of_label(raised, rows.y)))


def brier(rows: Scored, options: Options) -> Influence:
    """Return the mean of the squared errors of the probabilities, summed over the labels: 0 to 2.

    With two labels half of that, as scikit-learn has it: 0 to 1.
    """
    probabilities = _probabilities(rows)
    # Σ_j (p_j - [j = y])² = Σ_j p_j² - 2 p_y + 1
    squares = np.einsum("ij,ij->i", probabilities, probabilities, dtype=float)
    squares += 1 - 2 * _of_label(probabilities, rows.y).astype(float)
    return _mean(squares / 2 if len(rows.labels) == 2 else squares)


def mae(rows: Scored, options: Options) -> Influence:
    """Return the mean absolute error."""
    return _mean(np.abs(_errors(rows)))


def mape(rows: Scored, options: Options) -> Influence:
    """Return the mean absolute error as a share of the truth. Raises `MetricUndefined` at 0 and below."""
    errors = _errors(rows)
    if (rows.y <= 0).any():
        raise MetricUndefined("it needs targets above 0")
    return _mean(np.abs(errors) / rows.y)


def pinball(rows: Scored, options: Options) -> Influence:
    """Return the mean pinball loss of a quantile q: q e where the truth is above by e, else (q - 1) e."""
    errors = _errors(rows)
    return _mean(np.maximum(options.quantile * errors, (options.quantile - 1) * errors))


def rmse(rows: Scored, options: Options) -> Influence:
    """Return the root of the mean squared error. At 0 it has no influence values."""
    squares = _errors(rows) ** 2
    value = float(np.sqrt(squares.mean()))
    return value, (squares - value**2) / (2 * value) if value else np.zeros(len(squares))


def r2(rows: Scored, options: Options) -> Influence:
    """Return 1 - mean squared error / variance of the truth: up to 1. A constant truth has none."""
    squares, spread = _errors(rows) ** 2, (rows.y - rows.y.mean()) ** 2
    variance = spread.mean()
    if not variance:
        raise MetricUndefined("the truth is the same in every row")
    unexplained = float(squares.mean() / variance)
    return 1 - unexplained, (unexplained * spread - squares) / variance


def _mean(losses: np.ndarray) -> Influence:
    value = float(losses.mean())
    return value, losses - value


def _of_label(probabilities: np.ndarray, y: np.ndarray) -> np.ndarray:
    n, k = probabilities.shape
    return probabilities.ravel()[np.arange(0, n * k, k) + y]


def _probabilities(rows: Scored) -> np.ndarray:
    if rows.probabilities is None:
        raise MetricUndefined("the model gives no probabilities")
    return _finite(rows.probabilities)


def _errors(rows: Scored) -> np.ndarray:
    return rows.y - _finite(rows.predicted)


def _finite(numbers: np.ndarray) -> np.ndarray:
    if not np.isfinite(numbers.sum(dtype=float)):  # one that is not makes the sum so
        raise MetricUndefined("an answer is no finite number")
    return numbers
