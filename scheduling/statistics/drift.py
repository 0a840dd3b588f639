"""Whether one column has moved between two samples, and which rows of a log count in it.

A test and an effect, of categories and of numbers, with both distributions for the picture. Where one
request was sent again and again, only as many copies count as chance explains.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

LEAST_EXPECTED = 5
BINS = 20
SHOWN_CATEGORIES = 20
CLIPPED = (0.005, 0.995)  # what lies beyond is counted in the outermost bins
MISSING_NUMBER = -np.finfo(float).max  # below every number: one test sees both kinds of change
BY_CHANCE = 0.99  # so many copies of a row or fewer come by chance, with this probability
INDEPENDENT = (1.0, 1.0)
USUAL = 20  # copies that are expected of a usual row: who repeats one of those cannot be told

Groups = tuple[np.ndarray | None, np.ndarray | None]  # of each sample's rows, as in `design_effect`
Effects = tuple[float, float]  # of each sample: how many of its rows are worth one independent row


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


def value_shift(reference: ArrayLike, recent: ArrayLike, effects: Effects = INDEPENDENT) -> Shift:
    """Compare numbers, (n1,) and (n2,), by the two-sample Kolmogorov-Smirnov test.

    The distance is the largest difference of the two cumulative shares. Raises `ValueError` for NaN.
    """
    test = stats.ks_2samp(reference, recent, method="asymp", nan_policy="raise")
    worth = np.size(reference) / effects[0], np.size(recent) / effects[1]
    p = float(test.pvalue)
    if effects != INDEPENDENT:
        p = float(stats.kstwobign.sf(test.statistic * math.sqrt(worth[0] * worth[1] / sum(worth))))
    return Shift(distance=float(test.statistic), p=p, visible=_visible(*worth))


def design_effect(column: pd.Series, groups: np.ndarray | None) -> float:
    """Return how many rows are worth one independent row, at least 1, where rows of a group are alike.

    `groups` numbers the rows' groups from 0, (n,). It is Kish's design effect, of the ranks of numbers and of
    the most alike of the five most frequent categories.
    """
    if groups is None or len(groups) != len(column) or len(groups) == groups.max() + 1:
        return 1.0
    if pd.api.types.is_numeric_dtype(column):
        parts = [column.rank().fillna(0.0)]
    else:
        parts = [(column == value).astype(float) for value in column.value_counts().index[:5]]
    effects = [1.0]
    for part in parts:
        centred = part.to_numpy(dtype=float) - part.mean()
        sums, square = np.bincount(groups, weights=centred), float(centred @ centred)
        effects.append(float(sums @ sums) / square if square else 1.0)
    return max(effects)


def _visible(n_reference: float, n_recent: float) -> float:
    """Return the distance of p = .0025, which is .05 over 20 columns, by Kolmogorov's distribution."""
    return 1.83 / math.sqrt(n_reference * n_recent / (n_reference + n_recent))


@dataclass(frozen=True, kw_only=True)
class ColumnShift:
    """The test and effect of one column, and what a picture of it needs."""

    shift: Shift
    distribution: dict[str, Any]
    missing: dict[str, float]  # share of each sample


def column_shift(
    reference: pd.Series, recent: pd.Series, *, groups: Groups, categories: Sequence[Any] | None
) -> ColumnShift:
    """Compare categories, or numbers where these are None, counting rows as what they are worth."""
    effects = design_effect(reference, groups[0]), design_effect(recent, groups[1])
    if categories is None:
        return number_column(reference, recent, effects)
    return category_column(reference, recent, categories, effects)


def number_column(reference: pd.Series, recent: pd.Series, effects: Effects = INDEPENDENT) -> ColumnShift:
    """Compare numbers by Kolmogorov-Smirnov; a missing one counts as less than any other."""
    samples = [column.to_numpy(dtype=float) for column in (reference, recent)]
    filled = [np.where(np.isnan(values), MISSING_NUMBER, values) for values in samples]
    return ColumnShift(
        shift=value_shift(filled[0], filled[1], effects),
        distribution=histogram(samples[0], samples[1]),
        missing={"reference": float(reference.isna().mean()), "recent": float(recent.isna().mean())},
    )


def category_column(
    reference: pd.Series, recent: pd.Series, categories: Sequence[Any] = (), effects: Effects = INDEPENDENT
) -> ColumnShift:
    """Compare categories by pooled chi-squared; missing is one of them.

    `categories` come first, in their order; others follow.
    """
    counts = [column.value_counts() for column in (reference, recent)]
    empty = [int(column.isna().sum()) for column in (reference, recent)]
    names = [*categories, *sorted({*counts[0].index, *counts[1].index} - {*categories}, key=str)]
    table = [np.array([*counts[i].reindex(names, fill_value=0), empty[i]]) for i in range(2)]
    return ColumnShift(
        shift=category_shift(table[0] / effects[0], table[1] / effects[1]),
        distribution=_shares([*map(str, names), "(missing)"], table),
        missing={"reference": float(reference.isna().mean()), "recent": float(recent.isna().mean())},
    )


def histogram(reference: np.ndarray, recent: np.ndarray) -> dict[str, Any]:
    """Return `edges` of equal width and each sample's shares of its finite numbers between them."""
    known = [values[np.isfinite(values)] for values in (reference, recent)]
    both = np.concatenate(known)
    if not len(both):
        return {"kind": "numbers", "edges": [], "reference": [], "recent": []}
    low, high = np.quantile(both, CLIPPED)
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    before, after = (
        (np.histogram(v.clip(edges[0], edges[-1]), edges)[0] / max(1, len(v))).tolist() for v in known
    )
    return {"kind": "numbers", "edges": edges.tolist(), "reference": before, "recent": after}


def _shares(names: list[str], table: list[np.ndarray]) -> dict[str, Any]:
    """Of the most frequent categories; the rest is one."""
    shares = [counts / counts.sum() for counts in table]
    order = np.argsort(-(shares[0] + shares[1]), kind="stable")
    kept = sorted(i for i in order[:SHOWN_CATEGORIES] if shares[0][i] + shares[1][i] > 0)
    rest = len(names) > SHOWN_CATEGORIES
    before, after = ([float(s[i]) for i in kept] + [float(1 - s[kept].sum())] * rest for s in shares)
    shown = [names[i] for i in kept] + ["(others)"] * rest
    return {"kind": "categories", "names": shown, "reference": before, "recent": after}


def counting_rows(rows: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return which of `rows` count, (n,): of equal ones the first so many as chance explains.

    Both are hashes of whole rows, (n,) and (m,). A row that the reference has r times has a share of r / m;
    one that it has once or never, the share of a row not seen yet, by Chao's estimate (1984) of how many
    there are: f0 = f1 (f1 - 1) / 2 (f2 + 1), where f1 rows are there once and f2 twice. The copies of a row
    in the log are then Poisson, and its 99 % quantile counts, one at least. Of a usual row all count.
    """
    known, times = np.unique(reference, return_counts=True)
    distinct, which, copies = np.unique(rows, return_inverse=True, return_counts=True)
    place = np.minimum(np.searchsorted(known, distinct), len(known) - 1)
    seen = np.where(known[place] == distinct, times[place], 0)
    once, twice = int((times == 1).sum()), int((times == 2).sum())
    rare = 2 * (twice + 1) / (max(once - 1, 1) * times.sum())  # of the mass of all that it lacks
    share = np.where(seen > 1, seen / len(reference), rare)
    expected = len(rows) * share
    most = np.maximum(stats.poisson.ppf(BY_CHANCE, expected), 1)
    most = np.where(expected >= USUAL, copies, most)
    before = pd.Series(which).groupby(which).cumcount().to_numpy()  # equal ones that come before each
    return before < most[which]
