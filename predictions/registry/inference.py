"""Stand-in until the real inference is merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from predictions.contract.fields import FeatureSpec, FieldError, Kind
from predictions.contract.signature import SignatureSpec


@dataclass(frozen=True, kw_only=True)
class Inferred:
    spec: SignatureSpec
    notes: list[str] = field(default_factory=list)
    questions: list[FieldError] = field(default_factory=list)


def infer(
    cells: Any, *, output: str, task: str | None = None, positive: Any = None, drop: Any = (),
    time: str = "", group: str = "", kinds: Any = None,
) -> Inferred:  # fmt: skip
    import pandas as pd

    kinds = kinds or {}
    named = [("output", output), *(("kinds", name) for name in kinds), *(("drop", name) for name in drop)]
    wrong = [
        FieldError(field=field, message=f"There is no column {name}")
        for field, name in named
        if name not in cells.columns
    ]
    if wrong:
        return Inferred(spec=SignatureSpec("", output, (), ()), questions=wrong)
    texts = cells[output].dropna()
    numbers = pd.to_numeric(texts, errors="coerce")
    labels: tuple[Any, ...] = tuple(sorted(texts.unique()))
    if numbers.notna().all():
        labels = tuple(sorted(int(one) for one in numbers.unique()))
    features, questions = [], []
    for name in cells.columns:
        if name in {output, time, group, *drop}:
            continue
        column = pd.to_numeric(cells[name], errors="coerce")
        is_number = column.notna().all() and kinds.get(name) not in ("text", "category")
        if is_number and (column % 1 == 0).all() and column.nunique() < 10 and name not in kinds:
            questions.append(FieldError(field=name, message="A number or a category?"))
        kind = Kind.FLOAT if is_number else Kind.TEXT
        example = float(column.iloc[0]) if is_number else cells[name].iloc[0]
        features.append(FeatureSpec(name=name, kind=kind, example=example))
    spec = SignatureSpec(task or "classification", output, labels, tuple(features))
    return Inferred(spec=spec, notes=["As float: all."], questions=questions)
