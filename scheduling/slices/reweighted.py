"""What the evaluation rows gain if they are weighted like the requests, and what of them is most unlike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import values_of
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
UNSEEN = 0.02  # a share of requests without a like among the evaluation rows that is too large


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """The condition on one feature by which evaluation rows and requests differ most."""

    feature: str
    what: str  # kind of condition: a range, or a value
    condition: str  # private: its values may be those of rows
    of_evaluation: float  # share of the rows that it holds for, as the next
    of_requests: float

    def __str__(self) -> str:  # public
        ours, theirs = f"{self.of_evaluation:.0%}", f"{self.of_requests:.0%}"
        return f"{self.what} of {self.feature} has {ours} of its rows, but {theirs} of the requests"

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
    """Return the condition on one of these features whose shares differ most."""
    judged = evidence.judged
    found = []
    for feature in evidence.spec.features:
        if feature.name in names:
            for condition in conditions_of(requests, feature, minimum_rows=1):
                shares = [float(condition.rows(frame).mean()) for frame in (judged, requests)]
                columns: Any = {"of_evaluation": shares[0], "of_requests": shares[1]}
                what = {"=": "one value", "is": "the missing value"}.get(
                    condition.terms[0].operator, "one range"
                )
                found.append(Unlike(feature=feature.name, what=what, condition=str(condition), **columns))
    return max(found, key=lambda one: abs(one.of_requests - one.of_evaluation))


def reweighted_gain(
    evidence: Evidence, requests: pd.DataFrame, names: list[str], *, alpha: float
) -> Reweighted:
    """Return the gain of rows that are weighted so that these features are as in the requests.

    Raises `MetricUndefined` where the evaluation set lacks what is asked, or too few rows would decide.
    """
    gains, policy = row_gains(evidence), evidence.policy
    weights = _weights(evidence, requests, names)
    worth = int(weights.sum() ** 2 / (weights @ weights))
    if worth < LEAST_WORTH:
        raise MetricUndefined(
            f"weighted like them, its rows are worth {counted(worth, 'row')}, and {LEAST_WORTH} are needed"
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


def _weights(evidence: Evidence, requests: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Rake by the categories of each feature. Raises `MetricUndefined` where requests have no like."""
    columns, shares = [], []
    for feature in evidence.spec.features:
        if feature.name not in names:
            continue
        ours, theirs = evidence.judged[feature.name], requests[feature.name]
        if feature.kind.is_number:
            numbers = binned(ours.to_numpy(dtype=float), theirs.to_numpy(dtype=float), BINS)
        else:
            known = theirs.value_counts().index[:MOST_CATEGORIES]
            numbers = known.get_indexer(ours) % (len(known) + 1), known.get_indexer(theirs) % (len(known) + 1)
        size = int(max(one.max() for one in numbers)) + 1
        counts = [np.bincount(one, minlength=size) for one in numbers]
        asked = counts[1] / counts[1].sum()
        if (unseen := float(asked[counts[0] == 0].sum())) > UNSEEN:
            raise MetricUndefined(f"it has no row like {unseen:.0%} of the requests, by {feature.name}")
        asked = np.where(counts[0] > 0, asked, 0.0)
        columns.append(numbers[0])
        shares.append(asked / asked.sum())
    return raked(columns, shares)
