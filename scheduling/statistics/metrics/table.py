"""Every metric the gate knows, in one table: its task, its direction, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable
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
    """One metric; `compute` takes shares for labels, else rows and options."""

    name: str
    task: str
    family: Family
    greater_is_better: bool
    compute: Callable[..., tuple[float, np.ndarray]]

    @property
    def sign(self) -> int:
        """By which a difference is multiplied so that more is better."""
        return 1 if self.greater_is_better else -1

    def value_and_influence(self, rows: Scored, options: Options) -> tuple[float, np.ndarray]:
        """Return the value and the influence of each row, (n,). Raises `MetricUndefined`."""
        if self.family is not Family.LABELS:
            return self.compute(rows, options)
        k = len(rows.labels)
        counts = confusion.confusion(rows.y, rows.predicted, k)
        if self.name != "accuracy":
            _require_labels(counts, rows)
        value, influence = self.compute(counts / len(rows.y))
        return value, influence.ravel()[rows.y * k + rows.predicted]


def _require_labels(counts: np.ndarray, rows: Scored) -> None:
    absent = [str(label) for label, n in zip(rows.labels, counts.sum(1), strict=True) if not n]
    if absent:
        raise MetricUndefined(f"no row has the label {', '.join(absent)}")


def _metric(
    name: str, task: str, family: Family, greater: bool, compute: Callable[..., tuple[float, np.ndarray]]
) -> Metric:
    return Metric(name=name, task=task, family=family, greater_is_better=greater, compute=compute)


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


def measure_all(rows: Scored, options: Options) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return the value of each metric, None where it has none, and why it has none."""
    values: dict[str, float | None] = {}
    undefined: dict[str, str] = {}
    task = CLASSIFICATION if rows.labels else REGRESSION
    for metric in metrics_of(task):
        try:
            values[metric.name] = metric.value_and_influence(rows, options)[0]
        except MetricUndefined as error:
            values[metric.name], undefined[metric.name] = None, str(error)
    return values, undefined
