"""What each evaluation row gains by the candidate: the unit of the slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduling.statistics.metrics import METRICS, Family, Metric
from scheduling.statistics.scored import Options, Scored
from scheduling.statistics.undefined import MetricUndefined

if TYPE_CHECKING:
    from scheduling.evidence import Evidence

ROUNDING = 1e-12  # of the largest gain: what is less comes of adding up
SQUARES = ("r2", "rmse")  # their influence values weigh a row by other rows, so its square stands for it


@dataclass(frozen=True, kw_only=True)
class RowGains:
    """A score of each row for either model, (n,), and the gain: positive where the candidate is better.

    What is scored hangs on the policy's primary metric, `by`: `accuracy`, 1 where a row is right, for
    metrics of labels; `placement`, the share of the other label's rows that it is ranked rightly
    against, for ranks; `squared_error` for r2 and rmse; else the row's own loss.
    """

    by: str
    champion: np.ndarray
    candidate: np.ndarray
    gains: np.ndarray
    groups: np.ndarray | None  # numbers from 0 what belongs together

    @property
    def of_labels(self) -> bool:
        """Whether a row is right or wrong."""
        return self.by == "accuracy"

    @property
    def unit(self) -> str:
        """What is counted, and flipped as a whole."""
        return "rows" if self.groups is None else "groups"

    def by_unit(self, rows: np.ndarray) -> np.ndarray:
        """Return the gains of some rows, (n,) of bool; or their sums over the groups with such a row."""
        if self.groups is None:
            return self.gains[rows]
        places = np.unique(self.groups[rows], return_inverse=True)[1]
        return np.bincount(places, weights=self.gains[rows])


def row_gains(evidence: Evidence) -> RowGains:
    """Return them for the policy's primary metric. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    metric = METRICS[evidence.policy["primary_metric"]]
    if metric.task != evidence.spec.task:
        raise MetricUndefined(f"{metric.name} is a metric of {metric.task}")
    champion, candidate = (
        _scores(metric, evidence.scored[who], evidence.options) for who in ("champion", "candidate")
    )
    gains = candidate - champion if metric.family is not Family.LOSS else champion - candidate
    if not np.isfinite(gains).all():
        raise MetricUndefined("an answer is no finite number")
    gains[np.abs(gains) <= ROUNDING * np.abs(gains).max()] = 0.0
    return RowGains(
        by=_name(metric), champion=champion, candidate=candidate, gains=gains, groups=evidence.groups
    )


def _name(metric: Metric) -> str:
    names = {Family.LABELS: "accuracy", Family.RANK: "placement"}
    return "squared_error" if metric.name in SQUARES else names.get(metric.family, metric.name)


def _scores(metric: Metric, rows: Scored, options: Options) -> np.ndarray:
    if metric.family is Family.LABELS:
        return (rows.predicted == rows.y).astype(float)
    if metric.name in SQUARES:
        return (rows.y - rows.predicted) ** 2
    if metric.family is Family.RANK:  # an influence value is n / rows of the label times placement - auc
        auc, influence = METRICS["roc_auc"].value_and_influence(rows, options)
        return auc + influence * np.bincount(rows.y, minlength=2)[rows.y] / len(rows.y)
    value, influence = metric.value_and_influence(rows, options)
    return value + influence
