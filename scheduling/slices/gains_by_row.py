"""What each evaluation row gains by the candidate, and what a slice of rows does: plain rows, and ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduling.statistics.comparison.gain import SQUARES
from scheduling.statistics.comparison.pair import LEAST_PER_LABEL
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, Family, Metric

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence

ROUNDING = 1e-12  # of the largest gain: what is less comes of adding up


@dataclass(frozen=True, kw_only=True)
class SliceGain:
    """The values of a slice; `contributions` are those of its rows to the gain, in order."""

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

    `by` says what is scored: `accuracy`, 1 where a row is right, for metrics of labels;
    `squared_error` for r2 and rmse; `roc_auc` for ranks; else the row's own loss.
    """

    by: str
    champion: np.ndarray
    candidate: np.ndarray
    gains: np.ndarray
    groups: np.ndarray | None  # numbers from 0 what belongs together

    @property
    def is_right_or_wrong(self) -> bool:
        """Whether each unit is: rows of labels are, a group may be both."""
        return self.by == "accuracy" and self.groups is None

    @property
    def unit(self) -> str:
        """What is counted, and flipped as a whole."""
        return "rows" if self.groups is None else "groups"

    def units_of(self, rows: np.ndarray) -> np.ndarray:
        """Number the rows or groups of some rows, (n,) of bool, from 0: one number for each of these."""
        if self.groups is None:
            return np.arange(rows.sum())
        return np.unique(self.groups[rows], return_inverse=True)[1]

    def on(self, rows: np.ndarray) -> SliceGain | None:
        """Return what some rows gain, (n,) of bool; None where they are too few for the metric."""
        if not rows.any():
            return None
        return SliceGain(
            champion=float(self.champion[rows].mean()),
            candidate=float(self.candidate[rows].mean()),
            contributions=self.gains[rows],
            degrees=len(np.unique(self.units_of(rows))) - 1,
        )

    def only(self, chosen: np.ndarray) -> RowGains:
        """Return the same of a sample, given by places."""
        return replace(
            self,
            champion=self.champion[chosen],
            candidate=self.candidate[chosen],
            gains=self.gains[chosen],
            groups=None if self.groups is None else self.groups[chosen],
        )


@dataclass(frozen=True, kw_only=True)
class RankGains(RowGains):
    """Of a metric of ranks: a slice is ranked by itself, for it has no score of single rows.

    `gains` are of the order of all rows; of a slice, of the order in it.
    """

    metric: Metric
    scored: dict[str, Scored]
    options: Options

    def on(self, rows: np.ndarray) -> SliceGain | None:
        """Return the metric on these rows alone; None under 20 rows of a label."""
        both = {who: _only(scored, rows) for who, scored in self.scored.items()}
        labels = len(both["candidate"].labels)
        rarer = int(np.bincount(both["candidate"].y, minlength=labels).min())
        if rarer < LEAST_PER_LABEL[Family.RANK]:
            return None
        old, new = (self.metric.parts(both[who], self.options) for who in ("champion", "candidate"))
        return SliceGain(
            champion=float(old.mean()),
            candidate=float(new.mean()),
            contributions=_rounded(new - old),
            degrees=rarer - 1,
        )

    def only(self, chosen: np.ndarray) -> RowGains:
        """Return the same of a sample, given by places."""
        scored = {who: _only(rows, chosen) for who, rows in self.scored.items()}
        return replace(super().only(chosen), scored=scored)  # type: ignore[call-arg]


def row_gains(evidence: Evidence) -> RowGains:
    """Return them for the policy's primary metric. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    metric = METRICS[evidence.policy.primary_metric]
    if metric.task != evidence.spec.task:
        raise MetricUndefined(f"{metric.name} is a metric of {metric.task}")
    if metric.family is Family.RANK:  # the level of average precision does not hold in small slices
        metric = METRICS["roc_auc"]
    scored = {who: evidence.scored[who] for who in ("champion", "candidate")}
    by, score = _scored_by(metric)
    champion, candidate = (score(rows, evidence.options) for rows in scored.values())
    gains = champion - candidate if metric.family is Family.LOSS else candidate - champion
    if not np.isfinite(gains).all():
        raise MetricUndefined("an answer is no finite number")
    found = RowGains(
        by=by, champion=champion, candidate=candidate, gains=_rounded(gains), groups=evidence.groups
    )
    if metric.family is not Family.RANK:
        return found
    return RankGains(**vars(found), metric=metric, scored=scored, options=evidence.options)


def _scored_by(metric: Metric) -> tuple[str, Callable[[Scored, Options], np.ndarray]]:
    """What each row is scored by, and how."""
    if metric.family is Family.LABELS:
        return "accuracy", lambda rows, options: (rows.predicted == rows.y).astype(float)
    if metric.name in SQUARES:  # its parts weigh a row by other rows
        return "squared_error", lambda rows, options: (rows.y - rows.predicted) ** 2
    return metric.name, metric.parts


def _rounded(gains: np.ndarray) -> np.ndarray:
    return np.where(np.abs(gains) <= ROUNDING * np.abs(gains).max(), 0.0, gains)


def _only(scored: Scored, rows: np.ndarray) -> Scored:
    probabilities = scored.probabilities
    return replace(
        scored,
        y=scored.y[rows],
        predicted=scored.predicted[rows],
        probabilities=None if probabilities is None else probabilities[rows],
    )
