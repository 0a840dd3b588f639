"""Every metric that the gate knows: its task, its direction, and what it is the mean of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from predictions.contract.answers import Answers
from scheduling.statistics.metrics import influence, ranks
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored

CLASSIFICATION, REGRESSION = "classification", "regression"


MOST_OF_LOSS = {"brier": 2.0}  # the others have no end


class Family(StrEnum):
    """What a metric looks at: it decides on the interval of a gain."""

    LABELS = "labels"  # the confusion matrix
    LOSS = "loss"  # a loss per row
    RANK = "rank"  # the order of the scores


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric; the mean of its `parts` is the metric, and their distances from it the influence values.

    Of labels a part for each cell of the confusion matrix, from its shares; else one for each row.
    """

    name: str
    task: str
    family: Family
    greater_is_better: bool
    parts: Callable[..., np.ndarray]

    @property
    def needs_probabilities(self) -> bool:
        return self.task == CLASSIFICATION and self.family is not Family.LABELS

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which values it lies."""
        if self.name == "r2":
            return -np.inf, 1.0
        return 0.0, {Family.LABELS: 1.0, Family.RANK: 1.0}.get(
            self.family, MOST_OF_LOSS.get(self.name, np.inf)
        )

    @property
    def sign(self) -> int:
        return 1 if self.greater_is_better else -1

    def value(self, rows: Scored, options: Options) -> float:
        """Return the value, by scikit-learn. Raises `MetricUndefined`."""
        from scheduling.statistics.metrics.values import VALUES  # the web tier has no scikit-learn

        return VALUES[self.name](rows, options)


METRICS: dict[str, Metric] = {
    name: Metric(name=name, task=task, family=family, greater_is_better=greater, parts=parts)
    for name, task, family, greater, parts in (
        ("accuracy", CLASSIFICATION, Family.LABELS, True, influence.accuracy),
        ("balanced_accuracy", CLASSIFICATION, Family.LABELS, True, influence.balanced_accuracy),
        ("f1_macro", CLASSIFICATION, Family.LABELS, True, influence.f1_macro),
        ("f1_weighted", CLASSIFICATION, Family.LABELS, True, influence.f1_weighted),
        ("log_loss", CLASSIFICATION, Family.LOSS, False, influence.log_loss),
        ("brier", CLASSIFICATION, Family.LOSS, False, influence.brier),
        ("roc_auc", CLASSIFICATION, Family.RANK, True, ranks.roc_auc),
        ("average_precision", CLASSIFICATION, Family.RANK, True, ranks.average_precision),
        ("r2", REGRESSION, Family.LOSS, True, influence.r2),
        ("rmse", REGRESSION, Family.LOSS, False, influence.rmse),
        ("mae", REGRESSION, Family.LOSS, False, influence.mae),
        ("mape", REGRESSION, Family.LOSS, False, influence.mape),
        ("pinball", REGRESSION, Family.LOSS, False, influence.pinball),
    )
}


CALLED = {"champion": "live version", "candidate": "candidate"}  # what people read


def metrics_of(task: str, *, probabilities: bool = True) -> list[Metric]:
    """The metrics of a signature of this task, in the table's order; of a model without any, those it has."""
    known = [metric for metric in METRICS.values() if metric.task == task]
    return [metric for metric in known if probabilities or not metric.needs_probabilities]


def require_probabilities(metric: Metric, answered: Mapping[str, Scored | Answers]) -> None:
    """Raise `MetricUndefined` that names who lacks what the metric needs, and the metrics that need less."""
    without = [f"the {CALLED[who]}" for who, rows in answered.items() if rows.probabilities is None]
    if metric.needs_probabilities and without:
        others = ", ".join(other.name for other in metrics_of(metric.task, probabilities=False))
        have = "has" if len(without) == 1 else "have"
        why = f"{' and '.join(without)} {have} no probabilities"
        raise MetricUndefined(f"{why}; choose one of these in the policy: {others}")


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
