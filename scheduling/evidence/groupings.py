"""By what rows of an evaluation file may belong together: spans of time, and columns whose values repeat.

`statistics/comparison/dependence.py` finds out whether they do.

A text feature counts if it has many values, as customers or routes have: of a few values the traffic has the
same ones, so rows that share one are not a sample of it. Numbers that are features do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from predictions.contract.fields import Kind
from predictions.contract.signature import SignatureSpec
from scheduling.statistics.comparison.pair import LEAST_GROUPS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SPANS = {"hour": "h", "day": "D", "week": "W", "month": "M"}
LEAST_SPANS = 10
LEAST_VALUES = 30  # of a feature: it names customers or routes, and not a kind
TIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)")
LOOKED_AT = 200  # cells by which a column is taken for times, or is not


def groupings_of(cells: pd.DataFrame, spec: SignatureSpec) -> dict[str, np.ndarray]:
    """Return the numbers of the rows' groups, (n,), by what they are called; `cells` are as in the file.

    Rows without a value are one group.
    """
    kinds = {feature.name: feature.kind for feature in spec.features}
    # Values, by kind. A number that is a feature does not count.
    least = {None: LEAST_GROUPS, Kind.TEXT: LEAST_VALUES, Kind.CATEGORY: LEAST_VALUES}
    found: dict[str, np.ndarray] = {}
    for name in map(str, cells.columns.drop(spec.output_name, errors="ignore")):
        column, kind = cells[name], kinds.get(name)
        if (times := _times(column)) is not None:
            found |= {f"{span} of {name}": groups for span, groups in _spans(times).items()}
        elif kind in least and _repeats(column, least[kind]) and (kind or not _has_fractions(column)):
            found[name] = column.astype("object").fillna("").factorize()[0]
    return found


def codes_of(cells: pd.DataFrame, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Return whole numbers for the groups by these names of `groupings_of`, (n,): the same in any part."""
    import pandas as pd

    found = {}
    for name in names:
        span, _, column = name.partition(" of ")
        if name in cells:
            texts = cells[name].astype("object").fillna("").astype("str")
            found[name] = pd.util.hash_pandas_object(texts, index=False).to_numpy().view("int64")
        else:
            times = pd.to_datetime(cells[column], format="ISO8601", errors="coerce", utc=True)
            periods = times.dt.tz_localize(None).dt.to_period(SPANS[span])
            found[name] = periods.astype("int64").to_numpy()
    return found


def spans_of(cells: pd.DataFrame) -> np.ndarray | None:
    """Return the numbers of the longest span of time of which the rows have ten or more, (n,); else None."""
    for name in cells.columns:
        if (times := _times(cells[name])) is not None:
            longest = list(_spans(times).values())[-1]
            return longest if longest.max() + 1 >= LEAST_SPANS else None
    return None


def _times(column: pd.Series) -> pd.Series | None:
    """Return a column of ISO 8601 dates or times as such; None where it holds anything else."""
    import pandas as pd

    some = column.dropna().head(0 if column.dtype.kind in "biuf" else LOOKED_AT)
    if some.empty or not all(TIME.match(str(one)) for one in some):  # most columns end at their first cell
        return None
    times = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
    return times.dt.tz_localize(None) if times.notna().all() else None


def _spans(times: pd.Series) -> dict[str, np.ndarray]:
    """Return each span of the calendar of which there are ten or more; if none, the shortest.

    Of dates, each of which is one hour too, only the longer span.
    """
    spans = {name: times.dt.to_period(unit).factorize()[0] for name, unit in SPANS.items()}
    by_count = {int(groups.max()) + 1: name for name, groups in spans.items()}  # the longest of a count
    long = {name: spans[name] for count, name in by_count.items() if count >= LEAST_SPANS}
    return long or {by_count[max(by_count)]: spans["hour"]}


def _repeats(column: pd.Series, least: int) -> bool:
    return least <= column.nunique() <= column.notna().sum() / 2


def _has_fractions(column: pd.Series) -> bool:
    return bool(column.dropna().astype(str).str.fullmatch(r"-?\d*[.]\d+(e-?\d+)?").any())
