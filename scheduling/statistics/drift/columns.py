"""One column in two samples: how far it has shifted, and both distributions for the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduling.statistics.drift.shift import Shift, category_shift, value_shift

if TYPE_CHECKING:
    import pandas as pd

BINS = 20
SHOWN_CATEGORIES = 20
CLIPPED = (0.005, 0.995)  # what lies beyond is counted in the outermost bins
MISSING_NUMBER = -np.finfo(float).max  # below every number: one test sees both kinds of change


@dataclass(frozen=True, kw_only=True)
class ColumnShift:
    """The test and effect of one column, and what a picture of it needs."""

    shift: Shift
    distribution: dict[str, Any]
    missing: dict[str, float]  # share of each sample


def number_column(reference: pd.Series, recent: pd.Series) -> ColumnShift:
    """Compare numbers by Kolmogorov-Smirnov; a missing one counts as less than any other."""
    samples = [column.to_numpy(dtype=float) for column in (reference, recent)]
    filled = [np.where(np.isnan(values), MISSING_NUMBER, values) for values in samples]
    return ColumnShift(
        shift=value_shift(filled[0], filled[1]),
        distribution=histogram(samples[0], samples[1]),
        missing={"reference": float(reference.isna().mean()), "recent": float(recent.isna().mean())},
    )


def category_column(reference: pd.Series, recent: pd.Series, categories: Sequence[Any] = ()) -> ColumnShift:
    """Compare categories by pooled chi-squared; missing is one of them.

    `categories` come first, in their order; others follow.
    """
    counts = [column.value_counts() for column in (reference, recent)]
    empty = [int(column.isna().sum()) for column in (reference, recent)]
    names = [*categories, *sorted({*counts[0].index, *counts[1].index} - {*categories}, key=str)]
    table = [np.array([*counts[i].reindex(names, fill_value=0), empty[i]]) for i in range(2)]
    return ColumnShift(
        shift=category_shift(*table),
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
