"""A column whose kind is known, as a feature of a signature: gaps, categories, wide bounds, an example."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from predictions.contract.fields import WHOLE_MAX, FeatureSpec, Kind
from predictions.contract.moments import Moment, ZonedMoment
from predictions.tables.kinds.answering import categories_of
from predictions.tables.kinds.column import Column, Found
from predictions.tables.kinds.numbers import no_value
from predictions.tables.typed import typed

if TYPE_CHECKING:
    import pandas as pd

SPANS = 10  # the bounds are so many times the span of the values away from them
LOST = "{} of {} cells of the evaluation file, the first in row {}, are no {}; they would count as missing"
SHOWN_FROM = 5  # rows that have a text: then it says nothing about one person


def feature_of(name: str, column: Column, found: Found) -> FeatureSpec:
    """Return the feature. Its example is a usual value, and a text only where several rows have it."""
    assert found.kind is not None
    values = typed(column.cells, found.kind)
    known = values.dropna()
    bounds: dict[str, Any] = {}
    if found.kind in (Kind.INT, Kind.FLOAT) and len(known):
        low, high = wide_bounds(float(known.min()), float(known.max()))
        most = WHOLE_MAX if found.kind is Kind.INT else math.inf
        pairs = {"minimum": max(low, -most), "maximum": min(high, most)}
        bounds = {side: bound for side, bound in pairs.items() if math.isfinite(bound)}
    return FeatureSpec(
        name=name, kind=found.kind, dtype=found.dtype, required=len(known) == len(values),
        categories=categories_of(column) if found.kind is Kind.CATEGORY else (),
        example=_example(known, found), **bounds,
    )  # fmt: skip


def lost_in(other: Column, values: pd.Series, kind: Kind) -> Found | None:
    """Ask about cells of the evaluation file that are no value of the kind, if there are some.

    `values` are the cells as `typed` reads them.
    """
    cells = other.cells
    lost = values.isna() & cells.notna()
    if lost.any():  # of two thousand columns hardly one
        lost[lost] = ~cells[lost].astype("string").map(no_value).astype(bool)
    if not lost.any():
        return None
    where = int(lost.to_numpy().argmax()) + other.begins
    question = LOST.format(int(lost.sum()), len(cells), where, kind)
    return Found(question=question, choices=(str(kind), "text", "drop"))


def widened(feature: FeatureSpec, values: pd.Series) -> FeatureSpec:
    """Return the feature so that it takes the values of another file too: gaps, categories, and fractions."""
    if feature.kind is Kind.INT and (values.dropna() % 1).any():
        feature = replace(feature, kind=Kind.FLOAT)
    new = sorted({*values.dropna()} - {*feature.categories}) if feature.kind is Kind.CATEGORY else []
    required = feature.required and not values.isna().any()
    return replace(feature, required=bool(required), categories=(*feature.categories, *new))


def wide_bounds(low: float, high: float) -> tuple[float, float]:
    """Return bounds that stop other units and fill values, not rows that are unusual."""
    span = SPANS * ((high - low) or abs(high) or 1.0)
    if not math.isfinite(span):
        return -math.inf, math.inf
    return -_rounded_up(span - low), _rounded_up(high + span)


def _rounded_up(value: float) -> float:
    """Return the next number of one digit away from zero, or towards it for a negative one."""
    if value == 0 or not math.isfinite(value):
        return value
    unit = 10.0 ** math.floor(math.log10(abs(value)))
    return float(f"{math.ceil(value / unit) * unit:.0e}")


def _example(known: pd.Series, found: Found) -> Any:
    if not len(known):
        return None
    if found.kind in (Kind.TEXT, Kind.CATEGORY):
        counts = known.value_counts()
        frequent = found.kind is Kind.CATEGORY or counts.iloc[0] >= SHOWN_FROM
        return str(counts.index[0]) if frequent else "text"
    middle = float(known.sort_values().iloc[len(known) // 2])
    if found.kind is Kind.TIMESTAMP:
        return str((ZonedMoment if "," in found.dtype else Moment)(middle))
    if found.kind is Kind.BOOL:
        return bool(middle)
    return int(middle) if found.kind is Kind.INT else middle
