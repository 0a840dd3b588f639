"""Cells that the signature does not allow, found by a pandera schema made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.contract.feature import FLOAT32_MAX, FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import EXAMPLES, Finding

if TYPE_CHECKING:
    import pandas as pd


def bad_cells(frame: pd.DataFrame, spec: SignatureSpec, dataset: str) -> list[Finding]:
    """Validate all columns; one finding for each rule that some cells of a column break."""
    import pandera.pandas as pa

    columns = {f.name: pa.Column(nullable=True, checks=_rules(f)) for f in spec.features}
    labels = [_rule("isin", list(spec.labels), error="labels outside the signature")] if spec.labels else []
    columns[spec.output_name] = pa.Column(nullable=True, checks=labels)
    try:
        pa.DataFrameSchema(columns, strict=True, ordered=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return [_finding(one, dataset) for one in error.schema_errors]
    return []


def _rules(feature: FeatureSpec) -> list[Any]:
    """The signature's bounds and categories, as pandera's own checks."""
    bounds = [
        (feature.minimum, "ge", "less than"),
        (feature.exclusive_minimum, "gt", "not greater than"),
        (feature.maximum, "le", "greater than"),
        (feature.exclusive_maximum, "lt", "not less than"),
    ]
    rules = [_rule(name, b, error=f"{words} {b:.15g}") for b, name, words in bounds if b is not None]
    if feature.kind in (Kind.FLOAT, Kind.INT):
        rules.append(_rule("in_range", -FLOAT32_MAX, FLOAT32_MAX, error="beyond 32-bit floating point"))
    if feature.kind is Kind.BOOL:
        rules.append(_rule("isin", [0, 1], error="neither true nor false"))
    if feature.kind is Kind.TEXT and feature.categories:
        rules.append(_rule("isin", list(feature.categories), error="none of the categories"))
    return rules


def _rule(name: str, *arguments: Any, error: str) -> Any:
    """One check of pandera's, in our words. It keeps a few failure cases: a million of them take minutes."""
    import pandera.pandas as pa

    return getattr(pa.Check, name)(*arguments, n_failure_cases=EXAMPLES, error=error)


def _finding(error: Any, dataset: str) -> Finding:
    """What pandera found, with the count of all cells and the first of them."""
    cells, passed = error.failure_cases, error.check_output
    if passed is None:  # the shape of the table, or a type
        what = "the columns are not the signature's, in its order"
        return Finding(dataset=dataset, column="table", what=what, count=1, examples=(str(cells),))
    count = int((~passed.astype(bool)).sum())
    return Finding(
        dataset=dataset,
        column=str(error.schema.name),
        what=f"{count} of {len(passed)} values are {error.check.error}",
        count=count,
        examples=tuple(
            f"row {row}: {value}" for row, value in zip(cells["index"], cells["failure_case"], strict=True)
        ),
    )
