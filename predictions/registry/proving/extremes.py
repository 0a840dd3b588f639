"""The least and the largest values of a feature that the signature lets in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from predictions.contract.fields import MOST, WHOLE_MAX, FeatureSpec, Kind, check_field
from predictions.contract.moments import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    import pandas as pd

FAR = 10.0  # times the largest number seen, where an end is open
FARTHER = (3, 6, 12, 24)  # powers of ten of that, on the way to the largest number of all
MOMENTS = [datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (FIRST_YEAR, LAST_YEAR)]


def ends(feature: FeatureSpec, column: pd.Series) -> Iterator[float]:
    """Yield both ends of its bounds; for an open one a number far from those of the column."""
    if feature.kind is Kind.BOOL:
        yield from (0.0, 1.0)
    elif feature.kind.has_bounds:
        low, high = _bounds(feature)
        both = (-_far(column) if low is None else low, _far(column) if high is None else high)
        yield from (end for end in both if is_let_in(feature, end))


def farther(feature: FeatureSpec, column: pd.Series) -> Iterator[float]:
    """Yield what no bound stops: numbers up to the largest one of all, and the first and last years."""
    if feature.kind is Kind.TIMESTAMP:
        yield from MOMENTS
    open_ends = [] if not feature.kind.has_bounds else _open_ends(feature)
    if open_ends:
        far, most = _far(column), _most(feature)
        beyond = [*(one for power in FARTHER if (one := far * 10.0**power) < most), most]
        yield from (sign * one for sign in open_ends for one in beyond)


def is_let_in(feature: FeatureSpec, value: float) -> bool:
    """Return whether a request may have this number."""
    return value in (0.0, 1.0) if feature.kind is Kind.BOOL else not check_field(feature, value)[1]


def _open_ends(feature: FeatureSpec) -> list[float]:
    """The signs of the numbers that no bound stops."""
    return [sign for sign, bound in zip((-1.0, 1.0), _bounds(feature), strict=True) if bound is None]


def _far(column: pd.Series) -> float:
    return FAR * math.ceil(np.nanmax(np.abs(column.to_numpy(dtype=float)), initial=1.0))


def _bounds(feature: FeatureSpec) -> tuple[float | None, float | None]:
    """The least and the largest value, exclusive bounds one step within; None if it stops nothing."""
    lows = [feature.minimum, _next(feature, feature.exclusive_minimum, math.inf)]
    highs = [feature.maximum, _next(feature, feature.exclusive_maximum, -math.inf)]
    low = max((one for one in lows if one is not None), default=-math.inf)
    high = min((one for one in highs if one is not None), default=math.inf)
    return low if low > -_most(feature) else None, high if high < _most(feature) else None


def _most(feature: FeatureSpec) -> float:
    """The largest number that any request may have."""
    return WHOLE_MAX if feature.kind is Kind.INT else MOST


def _next(feature: FeatureSpec, bound: float | None, towards: float) -> float | None:
    """The first value on that side of a bound that does not belong to the values itself."""
    if bound is None or feature.kind is not Kind.INT:
        return None if bound is None else math.nextafter(bound, towards)
    return math.floor(bound) + 1.0 if towards > 0 else math.ceil(bound) - 1.0
