"""A row that is made up: one of the evaluation set, with some of its cells changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.fields import WHOLE_MAX
from predictions.contract.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Change:
    """New values of cells, by feature.

    `kind` is "gap", "text", "number" or "border"; or "farther", with a number more than ten times the largest
    of the rows, or a year far from theirs, which no bound stops: scikit-learn may refuse such a row.
    """

    kind: str
    cells: Mapping[str, Any]


def rows_of(changed: list[Change], spec: SignatureSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row of the features for each change: the frame's rows in turn, with those cells changed."""
    import pandas as pd

    rows = frame.iloc[np.arange(len(changed)) * 7 % len(frame)][list(spec.names)].reset_index(drop=True)
    columns = {name: rows[name].astype("object").to_numpy(copy=True) for name in spec.names}
    for place, change in enumerate(changed):
        for name, value in change.cells.items():
            columns[name][place] = value
    return pd.DataFrame({name: _as_before(columns[name], frame[name]) for name in spec.names})


def _as_before(values: np.ndarray, before: pd.Series) -> pd.Series:
    """Return a column with its type, or floats where whole numbers have a gap or a larger one now."""
    import pandas as pd

    column = pd.Series(values, dtype="object")
    if before.dtype.kind in "iub" and (column.isna() | (column.abs() > WHOLE_MAX)).any():
        return column.astype("float64")
    return column.astype(before.dtype)


def missing(column: pd.Series) -> Any:
    """What a gap is in a column: as the data has it, else NaN, as files are read."""
    gaps = column[column.isna()]
    return gaps.iloc[0] if len(gaps) else math.nan
