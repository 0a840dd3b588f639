"""Is the candidate better? An interval for the difference of two label metrics on the same rows.

Bonett and Price's plus-two interval (JEBS 2012, 37:479), carried over from accuracy to any metric of
the confusion matrix by influence values. No resampling: the same bits on every replay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scheduling.outcomes import Verdict

POWER = 0.8  # with which `rows_to_settle` would show a gain as large as the margin


class MetricUndefined(Exception):
    """The metric has no value on these rows, such as an F1 of a class that is absent."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Of the gain (candidate - champion, positive is better), two-sided at 1 - 2 alpha."""

    low: float
    high: float
    spread: float  # standard deviation of a row's contribution
    alpha: float  # one-sided


def joint_counts(y: np.ndarray, champion: np.ndarray, candidate: np.ndarray, k: int) -> np.ndarray:
    """Count rows by (label, champion's answer, candidate's answer): (k, k, k).

    The three arrays hold class positions 0…k-1, shape (n,).
    """
    return np.bincount((y * k + champion) * k + candidate, minlength=k**3).reshape(k, k, k)


def value_and_influence(shares: np.ndarray, metric: str) -> tuple[float, np.ndarray]:
    """Return the metric of a confusion matrix of shares [label, predicted], and each cell's influence.

    The influence of a cell is the derivative of the metric by that cell's share, centred: its mean
    under `shares` is 0.
    """
    hits, labels, predicted = np.diag(shares), shares.sum(1), shares.sum(0)
    unit = np.eye(len(shares))
    if metric == "accuracy":
        return float(hits.sum()), unit - hits.sum()
    f1 = 2 * hits / (labels + predicted)
    weight = 1 / (len(shares) * (labels + predicted))
    influence = 2 * weight[:, None] * unit - (f1 * weight)[:, None] - (f1 * weight)[None, :]
    return float(f1.mean()), influence


def gain_interval(counts: np.ndarray, metric: str, alpha: float) -> Interval:
    """Return the plus-two interval of the gain from `joint_counts`.

    Two pseudo-rows, one that only the candidate gets right and one that only the champion does, are
    spread over the classes: with nothing discordant the interval is not 0 ± 0.
    Raises `MetricUndefined` where a class has no rows.
    """
    if (counts.sum((1, 2)) == 0).any():
        raise MetricUndefined("a class has no rows in the evaluation set")
    counts = counts + _pseudo_rows(len(counts))
    n = counts.sum()
    shares = counts / n
    champion, of_champion = value_and_influence(shares.sum(2), metric)
    candidate, of_candidate = value_and_influence(shares.sum(1), metric)
    difference = of_candidate[:, None, :] - of_champion[:, :, None]
    spread = math.sqrt((shares * difference**2).sum())
    half = float(stats.norm.ppf(1 - alpha)) * spread / math.sqrt(n)
    gain = candidate - champion
    return Interval(low=gain - half, high=gain + half, spread=spread, alpha=alpha)


def _pseudo_rows(k: int) -> np.ndarray:
    extra = np.zeros((k, k, k))
    share = 1 / (k * (k - 1))
    for label in range(k):
        for wrong in range(k):
            if wrong != label:
                extra[label, label, wrong] += share
                extra[label, wrong, label] += share
    return extra


def verdict(interval: Interval, *, least_gain: float, margin: float) -> Verdict:
    """Return what the interval shows, in this order: better, not worse, worse, can't tell."""
    if interval.low > least_gain:
        return Verdict.BETTER
    if interval.low > -margin:
        return Verdict.NOT_WORSE
    return Verdict.WORSE if interval.high < 0 else Verdict.CANNOT_TELL


def rows_to_settle(interval: Interval, smallest_gain: float) -> int | None:
    """Return how many labelled rows would show a gain of this size with a power of 0.8.

    None for a size of 0: no number of rows does.
    """
    if smallest_gain <= 0:
        return None
    z = float(stats.norm.ppf(1 - interval.alpha) + stats.norm.ppf(POWER))
    return math.ceil((z * interval.spread / smallest_gain) ** 2)
