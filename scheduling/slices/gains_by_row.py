"""What each evaluation row gains with the candidate, and what a slice of rows gains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scheduling.evidence.evidence import Evidence
from scheduling.statistics.comparison.gain import SQUARES, scores_of_rows
from scheduling.statistics.comparison.pair import LEAST_PER_LABEL
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, Family, Metric

ROUNDING = 1e-12  # of the largest gain: anything smaller is a rounding error


@dataclass(frozen=True, kw_only=True)
class SliceGain:
    """The scores of a slice; the mean of `contributions`, one for each of its rows, is the gain."""

    champion: float
    candidate: float
    contributions: np.ndarray
    degrees: int  # of freedom, of Student's t

    @property
    def gain(self) -> float:
        return float(self.contributions.mean())


@dataclass(frozen=True, kw_only=True)
class RowGains:
    """The score of each row for either model, (n,), and its gain: positive where the candidate is better.

    Single rows have no score by a metric of ranks, so each slice is ranked by itself; `gains` are then those
    of the ranking of all rows.
    """

    metric: Metric
    options: Options
    scored: dict[str, Scored]
    champion: np.ndarray
    candidate: np.ndarray
    gains: np.ndarray
    groups: np.ndarray | None  # a number from 0 for each row: rows of one group belong together

    @property
    def by(self) -> str:
        """`accuracy` for metrics of labels, `squared_error` for r2 and rmse, else the name of the metric."""
        if self.metric.family is Family.LABELS:
            return "accuracy"
        return "squared_error" if self.metric.name in SQUARES else self.metric.name

    @property
    def is_right_or_wrong(self) -> bool:
        """Whether each unit is either right or wrong; a group of rows can be both."""
        return self.metric.family is Family.LABELS and self.groups is None

    @property
    def unit(self) -> str:
        return "rows" if self.groups is None else "groups"

    def units_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the unit of each of some rows, given as (n,) of bool; units are numbered from 0."""
        if self.groups is None:
            return np.arange(rows.sum())
        return np.unique(self.groups[rows], return_inverse=True)[1]

    def count(self, rows: np.ndarray) -> int:
        """Return the number of units in some rows, given as (n,) of bool."""
        return int(self.units_of(rows).max()) + 1 if rows.any() else 0

    def on(self, rows: np.ndarray) -> SliceGain | None:
        """Return what some rows gain, given as (n,) of bool; None if they are too few for the metric."""
        if not rows.any():
            return None
        champion, candidate, gains = self.champion[rows], self.candidate[rows], self.gains[rows]
        units = self.count(rows)
        if self.metric.family is Family.RANK:
            both = [_only(scored, rows) for scored in self.scored.values()]
            units = int(np.bincount(both[0].y, minlength=len(both[0].labels)).min())  # of the rarer label
            if units < LEAST_PER_LABEL[Family.RANK]:
                return None
            champion, candidate = (self.metric.parts(scored, self.options) for scored in both)
            gains = _rounded(candidate - champion)
        was, now = float(champion.mean()), float(candidate.mean())
        return SliceGain(champion=was, candidate=now, contributions=gains, degrees=units - 1)

    def only(self, chosen: np.ndarray) -> RowGains:
        """Return the gains of a sample, given by indices."""
        scored = {who: _only(rows, chosen) for who, rows in self.scored.items()}
        return replace(_only(self, chosen), scored=scored)


def row_gains(evidence: Evidence) -> RowGains:
    """Return the gains by the policy's primary metric. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    metric = METRICS[evidence.policy.primary_metric]
    if metric.task != evidence.spec.task:
        raise MetricUndefined(f"{metric.name} is a metric for {metric.task}")
    if metric.family is Family.RANK:  # average precision does not hold its level in small slices
        metric = METRICS["roc_auc"]
    scored = {who: evidence.scored[who] for who in ("champion", "candidate")}
    champion, candidate = (_scores(metric, rows, evidence.options) for rows in scored.values())
    gains = champion - candidate if metric.family is Family.LOSS else candidate - champion
    if not np.isfinite(gains).all():
        raise MetricUndefined("an answer is not a finite number")
    return RowGains(
        metric=metric,
        options=evidence.options,
        scored=scored,
        champion=champion,
        candidate=candidate,
        gains=_rounded(gains),
        groups=evidence.groups,
    )


def _scores(metric: Metric, rows: Scored, options: Options) -> np.ndarray:
    if metric.name in SQUARES:  # the metric itself weighs a row by other rows
        return (rows.y - rows.predicted) ** 2
    return scores_of_rows(metric, rows, options)


def _rounded(gains: np.ndarray) -> np.ndarray:
    return np.where(np.abs(gains) <= ROUNDING * np.abs(gains).max(), 0.0, gains)


def _only(value: Any, rows: np.ndarray) -> Any:
    """Return the same with some rows of each of its arrays."""
    arrays = {name: array[rows] for name, array in vars(value).items() if isinstance(array, np.ndarray)}
    return replace(value, **arrays)
