"""What the evaluation rows gain if they are weighted like the requests, and what of these they lack most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import values_of
from scheduling.slices.conditions import Condition
from scheduling.slices.gains_by_row import row_gains
from scheduling.slices.search import conditions_of
from scheduling.statistics.comparison.interval import Interval, t_interval
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.raking import binned, raked

if TYPE_CHECKING:
    import pandas as pd

BINS = 5
MOST_CATEGORIES = 20  # the most frequent of the requests; the others are one
LEAST_WORTH = 30  # independent rows that the weighted ones must be worth
WHAT = {"=": "have one value of", "is": "have no value of"}
UNSEEN = 0.02  # a share of requests without a like among the evaluation rows that is too large


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """The condition on one feature that requests meet more often than the evaluation rows, by the most."""

    feature: str
    what: str  # what requests do: lie in a range, or have a value of it
    condition: str  # private: its values may be those of rows
    of_evaluation: float  # share of the rows that it holds for, as the next
    of_requests: float

    def __str__(self) -> str:  # public
        rows = f"only {self.of_evaluation:.0%} of the evaluation rows do"
        if not self.of_evaluation:
            rows = "no evaluation row does"
        return f"{self.of_requests:.0%} of the requests {self.what} {self.feature}, but {rows}"

    def private(self, evidence: Evidence) -> dict[str, Any]:
        return {"unlike": values_of([self.feature], self.condition, redacted=evidence.redacted)}


@dataclass(frozen=True, kw_only=True)
class Reweighted:
    """The interval of the weighted gain, in the units of `by`, and what the policy asks of it."""

    by: str
    interval: Interval
    threshold: float
    accepted: bool
    worth: int  # Kish's effective size: (Σ w)² / Σ w²


def most_unlike(evidence: Evidence, requests: pd.DataFrame, names: list[str]) -> Unlike:
    """Return the condition on one of these features of which the evaluation rows have too few."""
    judged, found = evidence.judged, []
    for feature in evidence.spec.features:
        if feature.name in names:
            for condition in _ranges(list(conditions_of(requests, feature, minimum_rows=1))):
                shares = [float(condition.rows(frame).mean()) for frame in (judged, requests)]
                columns: Any = {"of_evaluation": shares[0], "of_requests": shares[1]}
                what = WHAT.get(condition.terms[0].operator, "lie in one range of")
                found.append(Unlike(feature=feature.name, what=what, condition=str(condition), **columns))
    return max(found, key=lambda one: one.of_requests - one.of_evaluation)


def _ranges(conditions: list[Condition]) -> Iterator[Condition]:
    """Yield each condition; of neighbouring ranges also those that they are together."""
    for at, first in enumerate(conditions):
        yield first
        begin = tuple(term for term in first.terms if term.operator == ">=")
        if first.terms[0].operator in ("=", "is"):
            continue
        for last in conditions[at + 1 :]:
            end = tuple(term for term in last.terms if term.operator == "<")
            if last.terms[0].operator == ">=" and begin + end:
                yield Condition(begin + end)


def most_unseen(columns: Iterable[Column]) -> tuple[float, str]:
    """Return the share of requests that are like no evaluation row, and the feature by which they are so."""
    return max((one.unseen, one.name) for one in columns)


def reweighted_gain(evidence: Evidence, columns: Sequence[Column], *, alpha: float) -> Reweighted:
    """Return the gain of rows that are weighted, by raking, so that these features are as in the requests.

    Raises `MetricUndefined` where too few rows would decide.
    """
    gains, policy = row_gains(evidence), evidence.policy
    weights = raked([one.numbers for one in columns], [one.shares for one in columns])
    worth = int(weights.sum() ** 2 / (weights @ weights))
    if worth < LEAST_WORTH:
        raise MetricUndefined(
            f"those that are like the requests count as {counted(worth, 'row')}, and {LEAST_WORTH} are needed"
        )
    mean = float((weights * gains.gains).mean())
    # What a row adds to a weighted mean: w (g - mean); around the mean itself, for the interval.
    parts = mean + weights * (gains.gains - mean)
    least = gains.harm(policy.least_gain, relative=policy.relative)
    margin = gains.harm(policy.margin, relative=policy.relative)
    threshold = policy.threshold(least, margin)
    interval = t_interval(parts, alpha=alpha, groups=gains.groups)
    accepted = interval.low > threshold
    if policy.promote_when == "unless_worse":
        accepted = mean > -margin and interval.high >= 0
    return Reweighted(
        by=gains.by, interval=interval, threshold=threshold, accepted=bool(accepted), worth=worth
    )


@dataclass(frozen=True, kw_only=True)
class Column:
    """The categories of one feature: of each evaluation row, and their shares of the requests."""

    name: str
    numbers: np.ndarray  # (n,) from 0
    asked: np.ndarray  # (k,) sums to 1

    @property
    def _is_seen(self) -> np.ndarray:
        return np.bincount(self.numbers, minlength=len(self.asked)) > 0

    @property
    def unseen(self) -> float:
        return float(self.asked[~self._is_seen].sum())

    @property
    def shares(self) -> np.ndarray:
        """Of the requests that have a like."""
        seen = np.where(self._is_seen, self.asked, 0.0)
        return seen / seen.sum()


def columns_of(evidence: Evidence, requests: pd.DataFrame, names: list[str]) -> Iterator[Column]:
    """Return those of the named features."""
    for feature in evidence.spec.features:
        if feature.name not in names:
            continue
        ours, theirs = evidence.judged[feature.name], requests[feature.name]
        if feature.kind.is_number:
            numbers = binned(ours.to_numpy(dtype=float), theirs.to_numpy(dtype=float), BINS)
        else:
            known = theirs.value_counts().index[:MOST_CATEGORIES]
            numbers = known.get_indexer(ours) % (len(known) + 1), known.get_indexer(theirs) % (len(known) + 1)
        counts = np.bincount(numbers[1], minlength=int(max(one.max() for one in numbers)) + 1)
        yield Column(name=feature.name, numbers=numbers[0], asked=counts / counts.sum())
