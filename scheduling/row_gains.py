"""What each evaluation row gains by the candidate: the unit of the slices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduling.statistics.metrics import METRICS, Family, Metric
from scheduling.statistics.scored import Options, Scored
from scheduling.statistics.undefined import MetricUndefined

if TYPE_CHECKING:
    from scheduling.evidence import Evidence

# A rank says nothing of a row by itself: in a slice of one label mostly, its influence is no gain.
BY_ROW = {"roc_auc": "brier", "average_precision": "brier"}
ROUNDING = 1e-12  # of the largest gain: what is less comes of adding up


@dataclass(frozen=True, kw_only=True)
class RowGains:
    """The gain of each row, (n,): positive where the candidate is better; their mean is the gain.

    Of a metric of labels: 1 where only the candidate is right, -1 where only the champion is. Else the
    gain plus the difference of the row's influence values.
    """

    metric: Metric  # accuracy for all metrics of labels, Brier for ranks
    gains: np.ndarray
    champion: Scored
    candidate: Scored
    options: Options
    groups: np.ndarray | None  # numbers from 0 what belongs together

    @property
    def of_labels(self) -> bool:
        """Whether a row is right or wrong."""
        return self.metric.family is Family.LABELS

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

    def metric_of_both(self, rows: np.ndarray) -> dict[str, float | None]:
        """Return the metric on some rows, (n,) of bool; None where it has no value there."""
        both = {"champion": self.champion, "candidate": self.candidate}
        return {who: _value(self.metric, _only(scored, rows), self.options) for who, scored in both.items()}


def row_gains(evidence: Evidence) -> RowGains:
    """Return them for the policy's primary metric. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    primary = METRICS[evidence.policy["primary_metric"]]
    if primary.task != evidence.spec.task:
        raise MetricUndefined(f"{primary.name} is a metric of {primary.task}")
    by_row = METRICS[BY_ROW.get(primary.name, primary.name)]
    metric = METRICS["accuracy"] if primary.family is Family.LABELS else by_row
    champion, candidate = evidence.scored["champion"], evidence.scored["candidate"]
    return RowGains(
        metric=metric,
        gains=_gains(metric, champion, candidate, evidence.options),
        champion=champion,
        candidate=candidate,
        options=evidence.options,
        groups=evidence.groups,
    )


def _gains(metric: Metric, champion: Scored, candidate: Scored, options: Options) -> np.ndarray:
    if metric.family is Family.LABELS:
        y = candidate.y
        return (candidate.predicted == y).astype(float) - (champion.predicted == y)
    old, of_champion = metric.value_and_influence(champion, options)
    new, of_candidate = metric.value_and_influence(candidate, options)
    gains = metric.sign * (new - old + of_candidate - of_champion)
    gains[np.abs(gains) <= ROUNDING * np.abs(gains).max()] = 0.0
    return gains


def _only(scored: Scored, rows: np.ndarray) -> Scored:
    probabilities = scored.probabilities
    return replace(
        scored,
        y=scored.y[rows],
        predicted=scored.predicted[rows],
        probabilities=None if probabilities is None else probabilities[rows],
    )


def _value(metric: Metric, scored: Scored, options: Options) -> float | None:
    if not len(scored.y):
        return None
    try:
        return metric.value_and_influence(scored, options)[0]
    except MetricUndefined:
        return None
