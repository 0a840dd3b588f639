"""Metrics that are a mean over rows, or a function of two means.

Each function returns a number for each row, (n,). Their mean is the metric; each less that mean is the row's
influence: how much n times the metric moves when the row gets a little more weight. Of a mean of losses they
are the losses; of the others they come by the delta method.
"""

import numpy as np

from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored


def log_loss(rows: Scored, options: Options) -> np.ndarray:
    """-ln p(label), by `floored` probabilities."""
    p = floored(rows, options)
    return np.log(np.einsum("ij->i", p) / _of_label(p, rows.y))


def brier(rows: Scored, options: Options) -> np.ndarray:
    """The squared errors of the probabilities, summed over the labels; with two labels half of that."""
    p = probabilities(rows)
    # Σ_j (p_j - [j = y])² = Σ_j p_j² - 2 p_y + 1
    squares = np.einsum("ij,ij->i", p, p)
    squares += 1 - 2 * _of_label(p, rows.y)
    return squares / 2 if len(rows.labels) == 2 else squares


def mae(rows: Scored, options: Options) -> np.ndarray:
    """Absolute errors."""
    return np.abs(errors(rows))


def mape(rows: Scored, options: Options) -> np.ndarray:
    """Absolute errors as shares of the truth."""
    return np.abs(errors(rows)) / positive_truth(rows)


def pinball(rows: Scored, options: Options) -> np.ndarray:
    """Of a quantile q: q e where the truth is above by e, else (q - 1) e."""
    missed = errors(rows)
    return np.maximum(options.quantile * missed, (options.quantile - 1) * missed)


def rmse(rows: Scored, options: Options) -> np.ndarray:
    """Of the root of the mean squared error; at 0 it has no influence values."""
    squares = errors(rows) ** 2
    value = np.sqrt(squares.mean())
    return (squares + value**2) / (2 * value) if value else squares


def r2(rows: Scored, options: Options) -> np.ndarray:
    """Of 1 - mean squared error / variance of the truth."""
    squares, spread = errors(rows) ** 2, squared_deviations(rows)
    variance = spread.mean()
    unexplained = squares.mean() / variance
    return 1 - unexplained + (unexplained * spread - squares) / variance


def errors(rows: Scored) -> np.ndarray:
    """Return truth less prediction. Raises `MetricUndefined` where one is not finite."""
    return rows.y - _finite(rows.predicted)


def positive_truth(rows: Scored) -> np.ndarray:
    """Return the truth. Raises `MetricUndefined` where it is 0 or less."""
    if (rows.y <= 0).any():
        raise MetricUndefined("it needs target values above 0 in every row")
    return rows.y


def squared_deviations(rows: Scored) -> np.ndarray:
    """Return those of the truth from its mean. Raises `MetricUndefined` where all are 0."""
    spread = (rows.y - rows.y.mean()) ** 2
    if not spread.any():
        raise MetricUndefined("the target value is the same in every row")
    return spread


def probabilities(rows: Scored) -> np.ndarray:
    """Return them, (n, k). Raises `MetricUndefined` without any, and where one is not finite."""
    if len(rows.labels) == 1:
        raise MetricUndefined("the signature has one label only")
    if rows.probabilities is None:
        raise MetricUndefined("the model does not give probabilities")
    return _finite(rows.probabilities)


def floored(rows: Scored, options: Options) -> np.ndarray:
    """Return every probability raised to the floor, (n, k): their sums are then above 1.

    Without a floor one row to which a forest gives no vote costs 36. Of k labels it is 2/k of the floor.
    """
    return np.clip(probabilities(rows), 2 * options.log_loss_floor / len(rows.labels), 1)


def _of_label(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    n, k = p.shape
    return p.ravel()[np.arange(0, n * k, k) + y]


def _finite(numbers: np.ndarray) -> np.ndarray:
    if not np.isfinite(numbers.sum()):  # one that is not finite makes the sum so
        raise MetricUndefined("an answer of the model is not a finite number")
    return numbers
