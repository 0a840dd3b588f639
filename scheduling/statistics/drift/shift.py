"""Has a distribution moved between two samples? A test and an effect: of categories, and of numbers."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

LEAST_EXPECTED = 5


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The largest change of a share, its p value, and what the sizes could show."""

    distance: float
    p: float
    visible: float  # smaller distances can hardly become significant at these sizes


def category_shift(reference: np.ndarray, recent: np.ndarray) -> Shift:
    """Compare counts per category, both of shape (k,).

    Categories that expect under `LEAST_EXPECTED` rows in the smaller sample are pooled: the test
    would not hold its level on them.
    """
    n_reference, n_recent = reference.sum(), recent.sum()
    distance = float(np.abs(reference / n_reference - recent / n_recent).max())
    share = (reference + recent) / (n_reference + n_recent)
    rare = share * min(n_reference, n_recent) < LEAST_EXPECTED
    table = np.array([np.append(counts[~rare], counts[rare].sum()) for counts in (reference, recent)])
    table = table[:, table.sum(0) > 0]
    p = float(stats.chi2_contingency(table, correction=False)[1]) if table.shape[1] > 1 else 1.0
    return Shift(distance=distance, p=p, visible=_visible(n_reference, n_recent))


def value_shift(reference: ArrayLike, recent: ArrayLike) -> Shift:
    """Compare numbers, (n1,) and (n2,), by the two-sample Kolmogorov-Smirnov test.

    The distance is the largest difference of the two cumulative shares. Raises `ValueError` for NaN.
    """
    test = stats.ks_2samp(reference, recent, method="asymp", nan_policy="raise")
    visible = _visible(np.size(reference), np.size(recent))
    return Shift(distance=float(test.statistic), p=float(test.pvalue), visible=visible)


def _visible(n_reference: int, n_recent: int) -> float:
    """Return the distance of p = .0025, which is .05 over 20 columns, by Kolmogorov's distribution."""
    return 1.83 / math.sqrt(n_reference * n_recent / (n_reference + n_recent))
