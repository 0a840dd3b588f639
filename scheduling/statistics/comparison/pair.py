"""Two models' answers to the same rows, and whether these rows can show anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import stats

from scheduling.statistics.metrics.scored import MetricUndefined, Scored
from scheduling.statistics.metrics.table import Family, Metric

LEAST_PER_LABEL = {Family.LABELS: 1, Family.LOSS: 10, Family.RANK: 20}
LEAST_ROWS, LEAST_GROUPS = 10, 5
SAME_ANSWER = "the live version gives the same answer to every row, so a person should decide"
NO_BETTER_THAN_CHANCE = (
    "the live version gives the same answer to every row, and these rows do not show that the candidate is "
    "better than guessing, so a person should decide"
)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """`groups` numbers from 0 what belongs together, (n,): a unit is a group, or else a row.

    With `counts`, (n,), each row stands for so many that are alike: for metrics of labels.
    """

    champion: Scored
    candidate: Scored
    groups: np.ndarray | None = None
    counts: np.ndarray | None = None

    @classmethod
    def of(cls, scored: Mapping[str, Scored], groups: np.ndarray | None = None) -> Pair:
        """From the rows as "champion" and "candidate" answer them."""
        return cls(champion=scored["champion"], candidate=scored["candidate"], groups=groups)

    @property
    def labels(self) -> tuple[object, ...]:
        return self.candidate.labels

    @property
    def rows(self) -> int:
        return len(self.candidate.y) if self.counts is None else int(self.counts.sum())

    @property
    def is_grouped(self) -> bool:
        return self.groups is not None

    @property
    def units(self) -> int:
        return self.rows if self.groups is None else int(self.groups.max()) + 1

    @property
    def unit(self) -> str:
        return "rows" if self.groups is None else "groups"

    def is_constant(self, *, of_labels: bool) -> bool:
        """Whether the champion says the same of every row: its label, else its probabilities or number."""
        said = None if of_labels else self.champion.probabilities
        said = self.champion.predicted if said is None else said
        return bool((said == said[0]).all())

    def rows_by_label(self) -> np.ndarray:
        """Return how many rows each label has, (k,)."""
        if self.counts is None:
            return self.candidate.rows_by_label()
        of_label = np.bincount(self.candidate.y, weights=self.counts, minlength=len(self.labels))
        return of_label.astype(int)

    def units_by_label(self) -> np.ndarray:
        """Return how many rows, or groups with such a row, each label has."""
        y, k = self.candidate.y, len(self.labels)
        if self.groups is None or not k:
            return self.rows_by_label()
        return np.bincount(np.unique(self.groups * k + y) % k, minlength=k)


class Answered(Protocol):
    """What `require_comparable` asks: of a `Pair`, or of sums over rows that are not in memory."""

    @property
    def labels(self) -> tuple[object, ...]: ...
    @property
    def is_grouped(self) -> bool: ...
    @property
    def units(self) -> int: ...
    @property
    def unit(self) -> str: ...
    def is_constant(self, *, of_labels: bool) -> bool: ...
    def rows_by_label(self) -> np.ndarray: ...
    def units_by_label(self) -> np.ndarray: ...


def require_comparable(metric: Metric, pair: Answered) -> None:
    """Raise `MetricUndefined` where the method was not measured to hold its error rates."""
    labels, least = pair.labels, LEAST_PER_LABEL[metric.family]
    least_units = 1 if metric.family is Family.LABELS else LEAST_ROWS
    least_units = LEAST_GROUPS if pair.is_grouped else least_units
    if pair.units < least_units:
        raise MetricUndefined(f"there are {pair.units} {pair.unit}, and at least {least_units} are needed")
    if len(labels) == 1:
        raise MetricUndefined("the signature has one label only")
    _require_labels(pair, least, pair.rows_by_label(), "rows")
    _require_labels(pair, min(least, least_units), pair.units_by_label(), pair.unit)
    if metric.family is not Family.LABELS and pair.is_constant(
        of_labels=False
    ):  # anything that varies may beat it
        raise MetricUndefined(SAME_ANSWER)


def _require_labels(pair: Answered, least: int, counts: np.ndarray, unit: str) -> None:
    labels = pair.labels
    few = [f"{label} has {n}" for label, n in zip(labels, counts.tolist(), strict=True) if n < least]
    if few:
        raise MetricUndefined(f"each label needs at least {least} {unit}, and {', '.join(few)}")


def mcnemar(pair: Pair) -> tuple[int, int, float]:
    """McNemar's exact test: return rows fixed, rows broken, and the p that more become right than wrong."""
    y = pair.candidate.y
    was, now = pair.champion.predicted == y, pair.candidate.predicted == y
    counts = np.ones(len(y), dtype=int) if pair.counts is None else pair.counts
    fixed, broken = int(counts[now & ~was].sum()), int(counts[was & ~now].sum())
    return fixed, broken, p_of_more(fixed, broken)


def p_of_more(these: int, others: int) -> float:
    """Return P(X ≥ these), X ~ Bin(these + others, ½): 1 where both are 0."""
    return float(stats.binom.sf(these - 1, these + others, 0.5))
