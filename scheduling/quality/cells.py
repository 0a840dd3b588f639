"""Cells that the signature does not allow, found by a pandera schema made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from predictions.contract.feature import FLOAT32_MAX, FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import EXAMPLES, Finding

if TYPE_CHECKING:
    import pandas as pd


def bad_cells(frame: pd.DataFrame, spec: SignatureSpec, dataset: str) -> list[Finding]:
    """Validate all columns; return a finding for each rule that some cells of a column break."""
    import pandera.pandas as pa

    columns = {f.name: pa.Column(nullable=True, checks=_rules(f)) for f in spec.features}
    labels = (
        [_rule("isin", list(spec.labels), must="must be a label of the signature")] if spec.labels else []
    )
    columns[spec.output_name] = pa.Column(nullable=True, checks=labels)
    try:
        pa.DataFrameSchema(columns, strict=True, ordered=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return [_finding(one, dataset) for one in error.schema_errors]
    return []


def _rules(feature: FeatureSpec) -> list[Any]:
    bounds = [
        (feature.minimum, "ge", "must be at least"),
        (feature.exclusive_minimum, "gt", "must be greater than"),
        (feature.maximum, "le", "must be at most"),
        (feature.exclusive_maximum, "lt", "must be less than"),
    ]
    rules = [_rule(name, b, must=f"{words} {b:.15g}") for b, name, words in bounds if b is not None]
    if feature.kind in (Kind.FLOAT, Kind.INT):
        rules.append(_rule("in_range", -FLOAT32_MAX, FLOAT32_MAX, must="must fit into 32-bit floating point"))
    if feature.kind is Kind.BOOL:
        rules.append(_rule("isin", [0, 1], must="must be true or false"))
    if feature.kind is Kind.TEXT and feature.categories:
        rules.append(_rule("isin", list(feature.categories), must="must be one of the categories"))
    return rules


def _rule(name: str, *arguments: Any, must: str) -> Any:
    """A check of pandera with our text. It keeps a few failure cases: a million of them take minutes."""
    import pandera.pandas as pa

    return getattr(pa.Check, name)(*arguments, n_failure_cases=EXAMPLES, error=must)


def _finding(error: Any, dataset: str) -> Finding:
    """What pandera found, with the count of all cells and the first of them."""
    cells, passed = error.failure_cases, error.check_output
    if passed is None:  # the shape of the table, or a type
        what = "the columns must be those of the signature, in its order"
        return Finding(dataset=dataset, what=what, count=1, examples=(str(cells),))
    name, count = str(error.schema.name), int((~passed.astype(bool)).sum())
    pairs = zip(cells["index"], cells["failure_case"], strict=True)
    return Finding(
        dataset=dataset,
        column=name,
        what=f"{count} of {len(passed)} values of {name} are not allowed: they {error.check.error}",
        count=count,
        examples=tuple(f"row {row}: {value}" for row, value in pairs),
    )
