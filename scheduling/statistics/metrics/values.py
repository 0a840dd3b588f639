"""The value of each metric, by scikit-learn's own function. The web process must not import it."""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from sklearn import metrics

from scheduling.statistics.metrics import influence
from scheduling.statistics.metrics.influence import confusion
from scheduling.statistics.metrics.ranks import rankings
from scheduling.statistics.metrics.scored import Counted, MetricUndefined, Options, Scored

Score = Callable[..., Any]


def _of_labels(
    score: Score, rows: Scored | Counted, options: Options, *, of_each: bool = True, **how: Any
) -> float:
    """From the cells of the confusion matrix, weighted by their rows: each row is read once."""
    labels = rows.labels
    counts = rows.counts if isinstance(rows, Counted) else confusion(rows.y, rows.predicted, len(labels))
    absent = [str(label) for label, n in zip(labels, counts.sum(1), strict=True) if not n]
    if absent and of_each:
        raise MetricUndefined(f"there are no rows with the label {', '.join(absent)}")
    label, predicted = counts.nonzero()
    return float(score(label, predicted, sample_weight=counts[label, predicted], **how))


def _of_ranks(score: Score, rows: Scored, options: Options) -> float:
    each = [score(positive, scores) for positive, scores in rankings(rows, options)]
    return float(sum(each) / len(each))


def _of_errors(score: Score, rows: Scored, options: Options, *, needs: Score = influence.errors) -> float:
    influence.errors(rows)
    needs(rows)
    return float(score(rows.y, rows.predicted))


def _log_loss(rows: Scored, options: Options) -> float:
    raised = influence.floored(rows, options)
    raised /= raised.sum(axis=1, keepdims=True)
    return float(metrics.log_loss(rows.y, raised, labels=range(len(rows.labels))))


def _brier(rows: Scored, options: Options) -> float:
    """What is served has seven decimals: the sum is 1 but for these."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        p = influence.probabilities(rows)
        return float(metrics.brier_score_loss(rows.y, p, labels=range(len(rows.labels))))


def _pinball(rows: Scored, options: Options) -> float:
    return _of_errors(partial(metrics.mean_pinball_loss, alpha=options.quantile), rows, options)


VALUES: dict[str, Callable[[Any, Options], float]] = {  # precision_macro is only shown
    "accuracy": partial(_of_labels, metrics.accuracy_score, of_each=False),
    "balanced_accuracy": partial(_of_labels, metrics.balanced_accuracy_score),
    "f1_macro": partial(_of_labels, metrics.f1_score, average="macro"),
    "f1_weighted": partial(_of_labels, metrics.f1_score, average="weighted"),
    "precision_macro": partial(_of_labels, metrics.precision_score, average="macro", zero_division=0),
    "log_loss": _log_loss,
    "brier": _brier,
    "roc_auc": partial(_of_ranks, metrics.roc_auc_score),
    "average_precision": partial(_of_ranks, metrics.average_precision_score),
    "r2": partial(_of_errors, metrics.r2_score, needs=influence.squared_deviations),
    "rmse": partial(_of_errors, metrics.root_mean_squared_error),
    "mae": partial(_of_errors, metrics.mean_absolute_error),
    "mape": partial(_of_errors, metrics.mean_absolute_percentage_error, needs=influence.positive_truth),
    "pinball": _pinball,
}
