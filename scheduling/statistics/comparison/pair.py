"""Two models' answers to the same rows, and whether these rows can show anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduling.statistics.metrics.scored import Scored
from scheduling.statistics.metrics.table import Family, Metric
from scheduling.statistics.metrics.undefined import MetricUndefined

LEAST_PER_LABEL = {Family.LABELS: 1, Family.LOSS: 10, Family.RANK: 20}
LEAST_UNITS = 10


@dataclass(frozen=True, kw_only=True)
class Pair:
    """`groups` numbers from 0 what belongs together, (n,): a unit is a group, or else a row."""

    champion: Scored
    candidate: Scored
    groups: np.ndarray | None = None

    @property
    def units(self) -> int:
        return len(self.candidate.y) if self.groups is None else int(self.groups.max()) + 1

    @property
    def unit(self) -> str:
        return "rows" if self.groups is None else "groups"

    def units_by_label(self) -> np.ndarray:
        """Return how many rows, or groups with such a row, each label has."""
        y, k = self.candidate.y, len(self.candidate.labels)
        if self.groups is None:
            return np.bincount(y, minlength=k)
        return np.bincount(np.unique(self.groups * k + y) % k, minlength=k)


def require_comparable(metric: Metric, pair: Pair) -> None:
    """Raise `MetricUndefined` where the method was not measured to hold its error rates."""
    _require_enough(metric, pair)
    _refuse_constant_champion(metric, pair.champion)


def _require_enough(metric: Metric, pair: Pair) -> None:
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
