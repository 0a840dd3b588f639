"""Have the shares of categories moved between two samples? A pooled chi-squared test and an effect."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The largest change of a category's share, its p value, and what the sizes could show."""

    distance: float
    p: float
    visible: float  # smaller distances can hardly become significant at these sizes


def category_shift(reference: np.ndarray, recent: np.ndarray, *, least_expected: float = 5) -> Shift:
    """Compare counts per category, both of shape (k,).

    Categories that expect under `least_expected` rows in the smaller sample are pooled: the test
    would not hold its level on them. `visible` is 1.83 / sqrt(n1 n2 / (n1 + n2)).
    """
    n_reference, n_recent = reference.sum(), recent.sum()
    distance = float(np.abs(reference / n_reference - recent / n_recent).max())
    visible = 1.83 / math.sqrt(n_reference * n_recent / (n_reference + n_recent))
    share = (reference + recent) / (n_reference + n_recent)
    rare = share * min(n_reference, n_recent) < least_expected
    table = np.array([_pooled(reference, rare), _pooled(recent, rare)])
    table = table[:, table.sum(0) > 0]
    p = 1.0
    if table.shape[1] > 1:
        p = float(stats.chi2_contingency(table, correction=False)[1])
    return Shift(distance=distance, p=p, visible=visible)


def _pooled(counts: np.ndarray, rare: np.ndarray) -> np.ndarray:
    return np.append(counts[~rare], counts[rare].sum())
