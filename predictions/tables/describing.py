"""A dataset's columns in numbers, for people: computed once, kept with its row as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from predictions.contract.fields import Kind
from predictions.contract.moments import Moment
from predictions.contract.signature import SignatureSpec
from predictions.tables.features import SHOWN_FROM
from predictions.tables.kinds.column import Column
from predictions.tables.kinds.looking import look_at
from predictions.tables.typed import typed

if TYPE_CHECKING:
    import pandas as pd

BINS = 12
TOP = 10


def describe(
    cells: pd.DataFrame, spec: SignatureSpec | None, *, redacted: frozenset[str]
) -> list[dict[str, Any]]:
    """Return for each column `name`, `role`, `kind`, `missing` and `distinct`.

    And, unless it is redacted, `minimum`, `median`, `maximum` and `histogram` (edges, counts) of numbers and
    times, or the `top` values with their rows, and how many rows have `others`. Times are ISO 8601.
    Without a signature the kinds are what the cells look like.
    """
    kinds = {feature.name: feature.kind for feature in spec.features} if spec else {}
    output = spec.output_name if spec else ""
    found = []
    for name in map(str, cells.columns):
        if spec and name == output:
            kind = Kind.FLOAT if spec.task == "regression" else Kind.TEXT
        else:
            kind = kinds.get(name) or look_at(Column(cells[name])).kind or Kind.TEXT
        role = "label" if name == output else "feature" if name in kinds else "not used"
        found.append({"name": name, "role": role} | _facts(typed(cells[name], kind), kind, name in redacted))
    return found


def _facts(values: pd.Series, kind: Kind, is_redacted: bool) -> dict[str, Any]:
    known = values.dropna()
    facts = {"kind": str(kind), "missing": int(values.isna().sum()), "distinct": int(known.nunique())}
    if is_redacted or known.empty:
        return facts
    return facts | (
        _of_numbers(known, kind) if kind.is_number and kind is not Kind.BOOL else _top(known, kind)
    )


def _of_numbers(known: pd.Series, kind: Kind) -> dict[str, Any]:
    numbers = known.to_numpy(float)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size or not math.isfinite(float(finite.max()) - float(finite.min())):
        return {}
    counts, edges = np.histogram(finite, bins=min(BINS, max(1, known.nunique())))
    written = _writer(kind)
    return {
        "minimum": written(float(finite.min())),
        "median": written(float(np.median(finite))),
        "maximum": written(float(finite.max())),
        "histogram": {"edges": [written(edge) for edge in edges.tolist()], "counts": counts.tolist()},
    }


def _writer(kind: Kind) -> Any:
    if kind is Kind.TIMESTAMP:
        return lambda seconds: str(Moment(seconds))
    return lambda number: int(number) if kind is Kind.INT and number.is_integer() else number


def _top(known: pd.Series, kind: Kind) -> dict[str, Any]:
    counts = known.map({1.0: "true", 0.0: "false"}) if kind is Kind.BOOL else known
    frequent = counts.value_counts().head(TOP)
    shown = {str(value)[:100]: int(n) for value, n in frequent.items() if n >= SHOWN_FROM}
    top = [{"value": value, "rows": n} for value, n in shown.items()]
    return {"top": top, "others": len(known) - sum(shown.values())}
