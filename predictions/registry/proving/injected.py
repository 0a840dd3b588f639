"""Rows that a signature lets in and an evaluation set may lack: some of its rows, with one cell changed.

Or with gaps in many: in all features that need not be given, and in any half of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.fields import WHOLE_MAX, FeatureSpec, Kind, check_field
from predictions.contract.signature import SignatureSpec
from predictions.registry.proving.extremes import ends, farther
from predictions.registry.proving.thresholds import thresholds_of

if TYPE_CHECKING:
    import pandas as pd

MOST_BORDERS = 200
MOST_OF_A_KIND = 5_000
GAPPY_ROWS = 100  # with gaps in several features at once
UNKNOWN = "a text that is in no row"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One cell of one row; `kind` is "gap", "gaps", "text", "number", "farther" or "border".

    "gaps" are also in the features of `without`. "farther" is a number more than ten times the largest of
    the rows, or a year far from theirs, which no bound stops: scikit-learn may refuse such a row.
    """

    kind: str
    feature: str
    value: Any
    without: frozenset[str] = frozenset()


def changes(estimator: Any, spec: SignatureSpec, frame: pd.DataFrame) -> list[Change]:
    """Return what to try: gaps, texts, the ends of bounds and beyond open ones, and the borders of trees."""
    kinds = (_gaps, _many_gaps, _texts, _numbers, _farther)
    tried = [change for kind in kinds for change in _some(list(kind(spec, frame)), MOST_OF_A_KIND)]
    features = {feature.name: feature for feature in spec.features}
    thresholds = thresholds_of(estimator, spec, frame)
    borders = [(name, value) for name, value in thresholds if _is_let_in(features[name], value)]
    return tried + [
        Change(kind="border", feature=name, value=value) for name, value in _some(borders, MOST_BORDERS)
    ]


def _some(found: list[Any], most: int) -> list[Any]:
    """All, or about so many of them, evenly."""
    return found[:: max(1, math.ceil(len(found) / most))]


def rows_of(changed: list[Change], spec: SignatureSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row of the features for each change: the frame's rows in turn, with that cell changed."""
    import pandas as pd

    rows = frame.iloc[np.arange(len(changed)) * 7 % len(frame)][list(spec.names)].reset_index(drop=True)
    columns = {name: rows[name].astype("object") for name in spec.names}
    for place, change in enumerate(changed):
        columns[change.feature].iloc[place] = change.value
    for name in {name for change in changed for name in change.without}:
        empty = [name in change.without for change in changed]
        columns[name][empty] = _missing(frame[name])
    return pd.DataFrame({name: _as_before(columns[name], frame[name]) for name in spec.names})


def _as_before(column: pd.Series, before: pd.Series) -> pd.Series:
    """Return a column with its type, or floats where whole numbers have a gap or a larger one now."""
    if before.dtype.kind in "iub" and (column.isna() | (column.abs() > WHOLE_MAX)).any():
        return column.astype("float64")
    return column.astype(before.dtype)


def _gaps(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    for feature in spec.features:
        if not feature.required:
            yield Change(kind="gap", feature=feature.name, value=_missing(frame[feature.name]))


def _many_gaps(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """All that need not be given at once, then halves of them, drawn: the same for the same signature."""
    optional = [feature.name for feature in spec.features if not feature.required]
    if len(optional) < 2:
        return
    drawn = np.random.default_rng(0).random((GAPPY_ROWS - 1, len(optional))) < 0.5
    for mask in [np.ones(len(optional), dtype=bool), *drawn[drawn.sum(axis=1) > 1]]:
        without = [name for name, is_empty in zip(optional, mask, strict=True) if is_empty]
        value = _missing(frame[without[0]])
        yield Change(kind="gaps", feature=without[0], value=value, without=frozenset(without))


def _missing(column: pd.Series) -> Any:
    """What a gap is in a column: as the data has it, else NaN, as files are read."""
    gaps = column[column.isna()]
    return gaps.iloc[0] if len(gaps) else math.nan


def _texts(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    """A text that nobody has seen, where the signature takes any; else the categories that no row has."""
    for feature in spec.features:
        if feature.kind.is_text:
            seen = set(frame[feature.name].dropna()) if feature.categories else set()
            for value in feature.categories or (UNKNOWN, ""):
                if value not in seen:
                    yield Change(kind="text", feature=feature.name, value=value)


def _numbers(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    for feature in spec.features:
        for value in ends(feature, frame[feature.name]):
            if _is_let_in(feature, value):
                yield Change(kind="number", feature=feature.name, value=value)


def _farther(spec: SignatureSpec, frame: pd.DataFrame) -> Iterator[Change]:
    for feature in spec.features:
        for value in farther(feature, frame[feature.name]):
            yield Change(kind="farther", feature=feature.name, value=value)


def _is_let_in(feature: FeatureSpec, value: float) -> bool:
    return value in (0.0, 1.0) if feature.kind is Kind.BOOL else not check_field(feature, value)[1]
