"""Every metric the gate knows, in one table: its task, its direction, and what it is the mean of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scheduling.statistics.metrics import confusion, losses, ranks
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.undefined import MetricUndefined

CLASSIFICATION, REGRESSION = "classification", "regression"


class Family(StrEnum):
    """What a metric looks at: it decides on the interval of a gain."""

    LABELS = "labels"  # the confusion matrix
    LOSS = "loss"  # a loss per row
    RANK = "rank"  # the order of the scores


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric.

    `parts` returns numbers whose mean is the metric, and whose distances from it are the influence values:
    of labels a number for each cell of the confusion matrix, from its shares; else one for each row, from
    rows and options.
    """

    name: str
    task: str
    family: Family
    greater_is_better: bool
    parts: Callable[..., np.ndarray]

    @property
    def sign(self) -> int:
        """By which a difference is multiplied so that more is better."""
        return 1 if self.greater_is_better else -1

    def value(self, rows: Scored, options: Options) -> float:
        """Return the value, by scikit-learn. Raises `MetricUndefined`."""
        from scheduling.statistics.metrics.values import VALUES  # the web tier lacks scikit-learn

        return VALUES[self.name](rows, options)


def _metric(name: str, task: str, family: Family, greater: bool, parts: Callable[..., np.ndarray]) -> Metric:
    return Metric(name=name, task=task, family=family, greater_is_better=greater, parts=parts)


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _metric("accuracy", CLASSIFICATION, Family.LABELS, True, confusion.accuracy),
        _metric("balanced_accuracy", CLASSIFICATION, Family.LABELS, True, confusion.balanced_accuracy),
        _metric("f1_macro", CLASSIFICATION, Family.LABELS, True, confusion.f1_macro),
        _metric("f1_weighted", CLASSIFICATION, Family.LABELS, True, confusion.f1_weighted),
        _metric("log_loss", CLASSIFICATION, Family.LOSS, False, losses.log_loss),
        _metric("brier", CLASSIFICATION, Family.LOSS, False, losses.brier),
        _metric("roc_auc", CLASSIFICATION, Family.RANK, True, ranks.roc_auc),
        _metric("average_precision", CLASSIFICATION, Family.RANK, True, ranks.average_precision),
        _metric("r2", REGRESSION, Family.LOSS, True, losses.r2),
        _metric("rmse", REGRESSION, Family.LOSS, False, losses.rmse),
        _metric("mae", REGRESSION, Family.LOSS, False, losses.mae),
        _metric("mape", REGRESSION, Family.LOSS, False, losses.mape),
        _metric("pinball", REGRESSION, Family.LOSS, False, losses.pinball),
    )
}


def metrics_of(task: str) -> list[Metric]:
    """The metrics that such a signature can have, in the table's order."""
    return [metric for metric in METRICS.values() if metric.task == task]


def measure(
    names: Iterable[str], rows: Scored, options: Options
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return the value of each, None where it has none, and why it has none."""
    from scheduling.statistics.metrics.values import VALUES

    values: dict[str, float | None] = {}
    undefined: dict[str, str] = {}
    for name in names:
        try:
            values[name] = VALUES[name](rows, options)
        except MetricUndefined as error:
            values[name], undefined[name] = None, str(error)
    return values, undefined
