"""What each evaluation row gains with the candidate, and the interval of what a slice of rows gains."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scheduling.evidence.evidence import Evidence
from scheduling.statistics.comparison.dependence import find_dependence
from scheduling.statistics.comparison.gain import (
    SQUARES,
    gain_interval,
    plus_two_interval,
    scores_of_rows,
)
from scheduling.statistics.comparison.interval import Interval, t_interval
from scheduling.statistics.comparison.pair import LEAST_GROUPS, LEAST_ROWS, Pair
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, Family, Metric, require_probabilities

ROUNDING = 1e-12  # of the largest gain: anything smaller is a rounding error


@dataclass(frozen=True, kw_only=True)
class SliceGain:
    """The mean scores of a slice, and how much more of them the candidate has: positive is better."""

    champion: float
    candidate: float
    gain: float


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
    groupings: dict[str, np.ndarray]  # what may belong together has one number, from 0, (n,)
    groups: np.ndarray | None  # what does, by the gains of all rows or by the policy

    @property
    def by(self) -> str:
        """`squared_error` for r2 and rmse, else the name of the metric: of labels it is `accuracy`."""
        return "squared_error" if self.metric.name in SQUARES else self.metric.name

    def on(self, rows: np.ndarray) -> SliceGain | None:
        """Return what some rows gain, given as (n,) of bool; None if they are too few for the metric."""
        if not rows.any():
            return None
        was, now = float(self.champion[rows].mean()), float(self.candidate[rows].mean())
        if self.metric.family is Family.RANK:
            some = self.only(np.flatnonzero(rows))
            if (some.scored["champion"].rows_by_label() == 0).any():
                return None
            was, now = (self.metric.value(scored, self.options) for scored in some.scored.values())
        gain = was - now if self.metric.family is Family.LOSS else now - was
        return SliceGain(champion=was, candidate=now, gain=gain)

    def harm(self, amount: float, *, relative: bool) -> float:
        """Return a loss of the primary metric as one of the rows' mean score; `relative` to the champion's.

        From root mean squared error to mean squared error it is d(r²) = 2 r dr, and from r2 the variance.
        """
        mean = float(self.champion.mean())
        if self.metric.name == "rmse":
            root = math.sqrt(mean)
            return amount * 2 * (mean if relative else root)
        if self.metric.name == "r2":
            variance = float(self.scored["champion"].y.var())
            return amount * (abs(variance - mean) if relative else variance)
        return amount * (mean if relative else 1.0)

    def interval(self, rows: np.ndarray, *, alpha: float) -> Interval:
        """Return the interval of what some rows gain, given as (n,) of bool, each end at `alpha`.

        Rows are independent unless their own gains, or those of all rows, show that they are not. Raises
        `MetricUndefined` where there are too few.
        """
        few = "it has {} {}, and at least {} are needed"
        if (count := int(rows.sum())) < LEAST_ROWS:
            raise MetricUndefined(few.format(count, "rows", LEAST_ROWS))
        some = self.only(np.flatnonzero(rows))
        pair, gains = Pair.of(some.scored, some._dependence), some.gains
        if pair.groups is not None and pair.units < LEAST_GROUPS:
            raise MetricUndefined(few.format(pair.units, "groups", LEAST_GROUPS))
        if self.metric.family is Family.RANK:
            return gain_interval(self.metric, pair, options=self.options, alpha=alpha)
        if self.metric.family is Family.LABELS:
            return plus_two_interval(self.metric, pair, alpha=alpha)
        if (gains == gains[0]).all():
            return Interval(low=float(gains[0]), high=float(gains[0]), spread=0.0, alpha=alpha)
        return t_interval(gains, alpha=alpha, groups=pair.groups)

    @property
    def _dependence(self) -> np.ndarray | None:
        """The groups that depend on each other, numbered from 0 without a gap."""
        if self.groups is not None:
            return np.unique(self.groups, return_inverse=True)[1]
        left = {by: np.unique(groups, return_inverse=True)[1] for by, groups in self.groupings.items()}
        dependence = find_dependence(self.gains, left)
        return dependence.groups if dependence else None

    def half(self, chance: np.random.Generator) -> np.ndarray:
        """Return a random half of the rows, (n,) of bool; what may belong together is on one side.

        Of several groupings by the one of the fewest groups, for others lie within it or across.
        """
        n = len(self.gains)
        some = [one for one in self.groupings.values() if one.max() + 1 >= 2 * LEAST_GROUPS]
        of_all = [self.groups] if self.groups is not None else some
        groups = min(of_all, key=np.max, default=np.arange(n))
        by_size = np.argsort(np.bincount(groups), kind="stable")
        first = np.zeros(len(by_size), dtype=bool)
        for pair in np.split(by_size, range(2, len(by_size), 2)):  # so that both halves are about as large
            first[chance.choice(pair)] = True
        return first[groups]

    def only(self, chosen: np.ndarray) -> RowGains:
        """Return the gains of a sample, given by indices."""
        return replace(
            _only(self, chosen),
            scored={who: _only(rows, chosen) for who, rows in self.scored.items()},
            groupings={by: groups[chosen] for by, groups in self.groupings.items()},
        )


def row_gains(evidence: Evidence) -> RowGains:
    """Return the gains by the policy's primary metric. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    metric = METRICS[evidence.policy.primary_metric]
    if metric.task != evidence.spec.task:
        raise MetricUndefined(f"{metric.name} is a metric for {metric.task}")
    require_probabilities(metric, evidence.scored)
    if metric.family is Family.RANK:  # average precision does not hold its level in small slices
        metric = METRICS["roc_auc"]
    if metric.family is Family.LABELS:
        metric = METRICS["accuracy"]
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
        gains=np.where(np.abs(gains) <= ROUNDING * np.abs(gains).max(), 0.0, gains),
        groupings=evidence.groupings,
        groups=evidence.groups,
    )


def _scores(metric: Metric, rows: Scored, options: Options) -> np.ndarray:
    if metric.name in SQUARES:  # the metric itself weighs a row by other rows
        return (rows.y - rows.predicted) ** 2
    return scores_of_rows(metric, rows, options)


def _only(value: Any, rows: np.ndarray) -> Any:
    """Return the same with some rows of each of its arrays."""
    arrays = {name: array[rows] for name, array in vars(value).items() if isinstance(array, np.ndarray)}
    return replace(value, **arrays)
