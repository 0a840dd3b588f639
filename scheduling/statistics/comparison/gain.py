"""Candidate against champion on the same rows: what is asked first, and the interval of the gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduling.statistics.comparison.freedom import freedom, that_matter
from scheduling.statistics.comparison.interval import Interval, plus_two_interval, sums_by_unit
from scheduling.statistics.comparison.loss_interval import SQUARES, loss_interval, squares_interval
from scheduling.statistics.comparison.rank_interval import rank_interval
from scheduling.statistics.metrics.ranks import Influence
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import Family, Metric
from scheduling.statistics.metrics.undefined import MetricUndefined

LEAST_PER_LABEL = {Family.LABELS: 1, Family.LOSS: 10, Family.RANK: 20}
LEAST_UNITS = 10


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two models' answers to the same rows; `groups` numbers from 0 what belongs together, (n,)."""

    champion: Scored
    candidate: Scored
    groups: np.ndarray | None = None

    @property
    def units(self) -> int:
        """How many rows, or groups, there are."""
        return len(self.candidate.y) if self.groups is None else int(self.groups.max()) + 1

    @property
    def unit(self) -> str:
        """What is counted."""
        return "rows" if self.groups is None else "groups"

    def units_by_label(self) -> np.ndarray:
        """How many rows, or groups with such a row, each label has."""
        y, k = self.candidate.y, len(self.candidate.labels)
        if self.groups is None:
            return np.bincount(y, minlength=k)
        return np.bincount(np.unique(self.groups * k + y) % k, minlength=k)


def gain_interval(metric: Metric, pair: Pair, *, options: Options, alpha: float) -> Interval:
    """Return the interval of the gain. Raises `MetricUndefined` where its error rates would not hold."""
    _require_enough(metric, pair)
    _refuse_constant_champion(metric, pair.champion)
    if metric.family is Family.LABELS:
        return _of_labels(metric, pair, alpha)
    old, new = (metric.value_and_influence(rows, options) for rows in (pair.champion, pair.candidate))
    if not (new[1] - old[1]).any():
        raise MetricUndefined(f"nothing differs in {len(old[1])} rows, so nothing can be estimated")
    if metric.family is Family.RANK:
        degrees = min(int(pair.units_by_label().min()) - 1, _freedom_of_ranks(metric, pair, new[1] - old[1]))
        return rank_interval(old, new, alpha=alpha, degrees=degrees, groups=pair.groups)
    return _of_losses(metric, pair, old, new, alpha)


def _freedom_of_ranks(metric: Metric, pair: Pair, difference: np.ndarray) -> float:
    """Average precision bends most where few rows are far out of order: its level needs fewer degrees."""
    sums = sums_by_unit(difference, pair.groups)
    return freedom(sums) if metric.name == "roc_auc" else max(0.5, that_matter(sums) - 1)


def _of_losses(metric: Metric, pair: Pair, old: Influence, new: Influence, alpha: float) -> Interval:
    gain, difference = metric.sign * (new[0] - old[0]), metric.sign * (new[1] - old[1])
    interval = loss_interval(gain, difference, alpha=alpha, groups=pair.groups)
    if metric.name not in SQUARES:
        return interval
    scale = float(pair.candidate.y.var()) if metric.name == "r2" else old[0] + new[0]
    both, groups = (pair.champion, pair.candidate), pair.groups
    of_squares = squares_interval(*both, gain, scale, alpha=alpha, groups=groups)
    return interval.or_beyond(of_squares.low, of_squares.high)


def could_exceed(metric: Metric, pair: Pair, threshold: float, *, alpha: float) -> bool:
    """Whether the interval could lie above `threshold`, given which rows the two disagree on.

    For labels: had the candidate won every row on which exactly one of the two is right (after Tarone,
    Biometrics 1990, 46:515). Such a candidate spends alpha, another cannot. For others always.
    """
    if metric.family is not Family.LABELS:
        return True
    y, old, new = pair.candidate.y, pair.champion.predicted, pair.candidate.predicted
    lost = (old == y) & (new != y)
    won = _plus_two(metric, pair, np.where(lost, new, old), np.where(lost, old, new), alpha)
    return won.low > threshold


def _of_labels(metric: Metric, pair: Pair, alpha: float) -> Interval:
    return _plus_two(metric, pair, pair.champion.predicted, pair.candidate.predicted, alpha)


def _plus_two(
    metric: Metric, pair: Pair, champion: np.ndarray, candidate: np.ndarray, alpha: float
) -> Interval:
    y, k = pair.candidate.y, len(pair.candidate.labels)
    return plus_two_interval(metric.compute, y, champion, candidate, k=k, alpha=alpha, groups=pair.groups)


def _require_enough(metric: Metric, pair: Pair) -> None:
    """Raise `MetricUndefined` under the numbers at which the method was measured to hold."""
    least_units = LEAST_UNITS if metric.family is not Family.LABELS or pair.groups is not None else 1
    if pair.units < least_units:
        raise MetricUndefined(f"there are {pair.units} {pair.unit}, and it takes {least_units} or more")
    if not pair.candidate.labels:
        return
    if len(pair.candidate.labels) == 1:
        raise MetricUndefined("there is one label only")
    least = LEAST_PER_LABEL[metric.family]
    counts = pair.units_by_label().tolist()
    few = [f"{x} has {n or 'none'}" for x, n in zip(pair.candidate.labels, counts, strict=True) if n < least]
    if few:
        raise MetricUndefined(f"it takes {least} or more {pair.unit} of each label, and {', '.join(few)}")


def _refuse_constant_champion(metric: Metric, champion: Scored) -> None:
    """What says the same of every row is no model: anything that varies may beat it."""
    said = champion.predicted if metric.family is Family.LABELS else champion.probabilities
    said = champion.predicted if said is None else said
    if (said == said[0]).all():
        raise MetricUndefined("the champion gives one answer to every row: a person should look at it")
