"""What a dataset's columns hold, told once when it is registered: gaps, and range or top values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.signature import SignatureSpec

if TYPE_CHECKING:
    import pandas as pd

TOP, BINS = 5, 10
LONGEST = 100  # characters of a value
VALUES = ("minimum", "maximum", "top", "histogram")  # what may tell of people


def described(frame: pd.DataFrame, spec: SignatureSpec) -> list[dict[str, Any]]:
    """Return for each feature, and the output if the frame has it: name, kind, gaps, and values.

    Numbers have `minimum`, `maximum` and `histogram` (counts in ten bins of equal width), others `top`:
    pairs of value and count.
    """
    kinds = {feature.name: feature.kind.value for feature in spec.features}
    numbers = {feature.name for feature in spec.features if feature.kind.is_number}
    if spec.output_name in frame.columns:
        kinds[spec.output_name] = "output"
        numbers |= {spec.output_name} if spec.task == "regression" else set()
    return [
        {"name": name, "kind": kind, "gaps": int(frame[name].isna().sum())}
        | (_range(frame[name]) if name in numbers else _top(frame[name]))
        for name, kind in kinds.items()
    ]


def without_values(columns: list[dict[str, Any]], *, hidden: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the same without the values of these columns; None stands for all."""
    return [
        {key: value for key, value in one.items() if key not in VALUES}
        if hidden is None or one["name"] in hidden
        else one
        for one in columns
    ]


def _range(column: pd.Series) -> dict[str, Any]:
    values = column.to_numpy(dtype="float64")
    finite = values[np.isfinite(values)]
    if not len(finite):
        return {"minimum": None, "maximum": None, "histogram": []}
    low, high = float(finite.min()), float(finite.max())
    is_narrow = not np.isfinite(high - low)
    counts = [] if is_narrow else np.histogram(finite, bins=BINS)[0].tolist()
    return {"minimum": low, "maximum": high, "histogram": counts}


def _top(column: pd.Series) -> dict[str, Any]:
    counts = column.dropna().value_counts().head(TOP)
    return {"top": [[_shown(value), int(count)] for value, count in counts.items()]}


def _shown(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value)
    return str(value).replace("\0", "")[:LONGEST]
