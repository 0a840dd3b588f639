"""Point values of the evaluation metrics, by scikit-learn; log loss with a stated floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from predictions.serving import Answers


def log_loss(y: np.ndarray, probabilities: np.ndarray, *, floor: float) -> float:
    """Return the mean of -ln p(label), with every probability raised to at least `floor`.

    `y` holds class positions (n,), `probabilities` is (n, k). Without a floor one row to which a
    forest gives no vote costs 36.
    """
    raised = np.clip(probabilities, floor, 1)
    of_label = raised[np.arange(len(y)), y] / raised.sum(1)
    return float(-np.log(of_label).mean())


def classification_metrics(
    y: np.ndarray, answers: Answers, labels: Sequence[Any], *, floor: float
) -> dict[str, float]:
    """Return f1_macro, accuracy, precision, recall (macro; 0 where undefined) and log_loss."""
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    predicted = positions(answers.outputs, labels)
    precision, recall, f1, _ = precision_recall_fscore_support(
        y, predicted, labels=list(range(len(labels))), average="macro", zero_division=0
    )
    assert answers.probabilities is not None
    return {
        "f1_macro": float(f1),
        "accuracy": float(accuracy_score(y, predicted)),
        "precision_macro": float(precision),
        "recall_macro": float(recall),
        "log_loss": log_loss(y, answers.probabilities, floor=floor),
    }


def positions(values: Sequence[Any], labels: Sequence[Any]) -> np.ndarray:
    """Return each value's position in `labels`, shape (n,). Raises `KeyError` for another value."""
    where = {label: i for i, label in enumerate(labels)}
    return np.array([where[value] for value in values], dtype=np.int64)
