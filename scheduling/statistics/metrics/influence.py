"""What each metric is the mean of, but for the metrics of order, which are in `ranks`.

Each number less that mean is an influence: how much n times the metric moves when its row or cell gets a
little more weight. Functions of shares [label, predicted], (k, k), return a number for each cell, whose mean
is the one under the shares; functions of rows return one for each row, (n,). Of a mean of losses they are
the losses; of the others they come by the delta method.
"""

import numpy as np

from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored

NO_PROBABILITIES = (
    "the model has no probabilities; metrics that need none are accuracy, balanced_accuracy, f1_macro and "
    "f1_weighted"
)


def confusion(y: np.ndarray, predicted: np.ndarray, k: int, counts: np.ndarray | None = None) -> np.ndarray:
    """Count rows by (label, predicted): (k, k). Both arrays hold positions 0…k-1, shape (n,).

    With `counts`, (n,), each stands for so many rows.
    """
    return np.bincount(y * k + predicted, weights=counts, minlength=k * k).reshape(k, k)


def accuracy(shares: np.ndarray) -> np.ndarray:
    """Of the share of rows that are right."""
    return np.eye(len(shares))


def balanced_accuracy(shares: np.ndarray) -> np.ndarray:
    """Of the mean recall of the labels; each needs rows."""
    of_label = shares.sum(1)
    recall = np.diag(shares) / of_label
    return (np.eye(len(shares)) - recall[:, None]) / of_label[:, None] / len(shares) + recall.mean()


def f1_macro(shares: np.ndarray) -> np.ndarray:
    """Of the plain mean of the labels' F1 = 2 hits / (labelled + predicted)."""
    f1, both = _f1(shares)
    return _moved(f1, 1 / (len(shares) * both)) + f1.mean()


def f1_weighted(shares: np.ndarray) -> np.ndarray:
    """Of the mean of the labels' F1, each weighted by the label's share of the rows."""
    f1, both = _f1(shares)
    return _moved(f1, shares.sum(1) / both) + f1[:, None]


def _f1(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = shares.sum(1) + shares.sum(0)
    return 2 * np.diag(shares) / both, both


def _moved(f1: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """A hit moves its label's F1 by 2 / both; each label or prediction takes F1 / both away."""
    lost = f1 * weight
    return np.diag(2 * weight) - lost[:, None] - lost[None, :]


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
        raise MetricUndefined(NO_PROBABILITIES)
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
