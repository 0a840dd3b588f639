"""Metrics of the predicted labels, from a confusion matrix.

Each function takes shares [label, predicted], (k, k), and returns a number for each cell. Their mean under
the shares is the metric; each less that mean is the cell's influence: the derivative by its share.
"""

import numpy as np


def confusion(y: np.ndarray, predicted: np.ndarray, k: int) -> np.ndarray:
    """Count rows by (label, predicted): (k, k). Both arrays hold positions 0…k-1, shape (n,)."""
    return np.bincount(y * k + predicted, minlength=k * k).reshape(k, k)


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
