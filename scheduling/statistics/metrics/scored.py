"""One model's answers to labelled rows, as the arrays that metrics are made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from predictions.contract.answers import Answers


class MetricUndefined(Exception):
    """The metric has no value, or no valid method. The text is a clause without a full stop."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """n rows: the truth and what a model answers; `labels` is empty for a regression."""

    y: np.ndarray  # (n,) positions in `labels`, or values
    predicted: np.ndarray  # (n,) the same
    probabilities: np.ndarray | None = None  # (n, k), columns in the order of `labels`, each in 0…1
    labels: tuple[Any, ...] = ()

    def rows_by_label(self) -> np.ndarray:
        """Return how many rows each label has, (k,)."""
        return np.bincount(self.y, minlength=len(self.labels)) if self.labels else np.zeros(0, dtype=int)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Rows of which only the confusion matrix is kept, [label, predicted], (k, k)."""

    counts: np.ndarray
    labels: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Options:
    """Parameters of some metrics; recorded with each outcome."""

    log_loss_floor: float = 0.01  # the lowest probability that each of two labels is given
    quantile: float = 0.5  # of the pinball loss
    positive: int | None = -1  # position of the label that ranks look for; None where it does not exist


def scored(truth: Sequence[Any], answers: Answers, labels: Sequence[Any]) -> Scored:
    """Put answers beside the truth. Raises `KeyError` for a label that `labels` lacks."""
    if not labels:
        return Scored(y=np.asarray(truth, dtype=float), predicted=np.asarray(answers.outputs, dtype=float))
    shares = answers.probabilities
    return Scored(
        y=positions(truth, labels),
        predicted=positions(answers.outputs, labels),
        probabilities=None if shares is None else shares.astype(float).clip(0, 1),  # some are 1.0000001
        labels=tuple(labels),
    )


def positions(values: Sequence[Any], labels: Sequence[Any]) -> np.ndarray:
    """Return each value's position in `labels`, shape (n,). Raises `KeyError` for another value."""
    where = {label: i for i, label in enumerate(labels)}
    return np.fromiter((where[value] for value in values), dtype=np.int64, count=len(values))
