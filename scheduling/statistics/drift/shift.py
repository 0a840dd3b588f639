"""Has a distribution moved between two samples? A test and an effect: of categories, and of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The largest change of a share, its p value, and what the sizes could show."""

    distance: float
    p: float
    visible: float  # smaller distances can hardly become significant at these sizes


def category_shift(reference: np.ndarray, recent: np.ndarray, *, least_expected: float = 5) -> Shift:
    """Compare counts per category, both of shape (k,).

    Categories that expect under `least_expected` rows in the smaller sample are pooled: the test
    would not hold its level on them.
    """
    n_reference, n_recent = reference.sum(), recent.sum()
    distance = float(np.abs(reference / n_reference - recent / n_recent).max())
    share = (reference + recent) / (n_reference + n_recent)
    rare = share * min(n_reference, n_recent) < least_expected
    table = np.array([_pooled(reference, rare), _pooled(recent, rare)])
    table = table[:, table.sum(0) > 0]
    p = 1.0
    if table.shape[1] > 1:
        p = float(stats.chi2_contingency(table, correction=False)[1])
    return Shift(distance=distance, p=p, visible=_visible(n_reference, n_recent))


def value_shift(reference: ArrayLike, recent: ArrayLike) -> Shift:
    """Compare numbers, (n1,) and (n2,), by the two-sample Kolmogorov-Smirnov test.

    The distance is the largest difference of the two cumulative shares. Raises `ValueError` for NaN.
    """
    one, other = (np.sort(np.asarray(sample, dtype=float)) for sample in (reference, recent))
    if np.isnan(one[-1]) or np.isnan(other[-1]):  # they are sorted to the end
        raise ValueError("nan is no number")
    distance = _largest_difference(one, other)
    sizes = len(one) * len(other) / (len(one) + len(other))
    p = float(np.clip(stats.kstwo.sf(distance, np.round(sizes)), 0, 1))
    return Shift(distance=distance, p=p, visible=_visible(len(one), len(other)))


def _largest_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Of the two cumulative shares; both are sorted, so that one merge is enough."""
    values = np.concatenate([one, other])
    order = np.argsort(values, kind="stable")
    of_one = (order < len(one)).cumsum()
    of_other = np.arange(1, len(values) + 1) - of_one
    values = values[order]
    last = np.append(values[1:] != values[:-1], True)  # of equal values
    return float(np.abs(of_one / len(one) - of_other / len(other))[last].max())


def _visible(n_reference: int, n_recent: int) -> float:
    """1.83 / sqrt(n1 n2 / (n1 + n2))."""
    return 1.83 / math.sqrt(n_reference * n_recent / (n_reference + n_recent))


def _pooled(counts: np.ndarray, rare: np.ndarray) -> np.ndarray:
    return np.append(counts[~rare], counts[rare].sum())
