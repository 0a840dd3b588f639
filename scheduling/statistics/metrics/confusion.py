"""Metrics of the predicted labels: each from a confusion matrix, with its influence values.

Each function takes shares [label, predicted], (k, k), and returns the metric and the influence of each
cell: the derivative of the metric by that cell's share, centred, so that its mean under the shares is 0.
"""

from __future__ import annotations

import numpy as np

Influence = tuple[float, np.ndarray]


def confusion(y: np.ndarray, predicted: np.ndarray, k: int) -> np.ndarray:
    """Count rows by (label, predicted): (k, k). Both arrays hold positions 0…k-1, shape (n,)."""
    return np.bincount(y * k + predicted, minlength=k * k).reshape(k, k)


def accuracy(shares: np.ndarray) -> Influence:
    """Return the share of rows that are right: 0 to 1."""
    right = float(np.trace(shares))
    return right, np.eye(len(shares)) - right


def balanced_accuracy(shares: np.ndarray) -> Influence:
    """Return the mean recall of the labels: 0 to 1. Each needs rows."""
    of_label = shares.sum(1)
    recall = np.diag(shares) / of_label
    influence = (np.eye(len(shares)) - recall[:, None]) / of_label[:, None] / len(shares)
    return float(recall.mean()), influence


def f1_macro(shares: np.ndarray) -> Influence:
    """Return the plain mean of the labels' F1 = 2 hits / (labelled + predicted): 0 to 1."""
    f1, both = _f1(shares)
    weight = 1 / (len(shares) * both)
    return float(f1.mean()), _f1_influence(f1, weight)


def f1_weighted(shares: np.ndarray) -> Influence:
    """Return the mean of the labels' F1, each weighted by the label's share of the rows: 0 to 1."""
    f1, both = _f1(shares)
    of_label = shares.sum(1)
    value = float((of_label * f1).sum())
    return value, _f1_influence(f1, of_label / both) + f1[:, None] - value


def precision_macro(shares: np.ndarray) -> float:
    """Return the mean precision of the labels; 0 for one that is never predicted. Only told."""
    hits, predicted = np.diag(shares), shares.sum(0)
    return float(np.divide(hits, predicted, out=np.zeros(len(hits)), where=predicted > 0).mean())


def _f1(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    both = shares.sum(1) + shares.sum(0)
    return 2 * np.diag(shares) / both, both


def _f1_influence(f1: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """A hit moves its label's F1 by 2 / both; each label or prediction takes F1 / both away."""
    lost = f1 * weight
    return np.diag(2 * weight) - lost[:, None] - lost[None, :]
