"""The rules of a signature as a pandera schema: it tells which cells break them."""

from collections.abc import Sequence
from typing import Any

import pandera.pandas as pa
from pandas import DataFrame

from predictions.contract.fields import MOST, FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import EXAMPLES, Finding


def broken_rules(
    frame: DataFrame, features: Sequence[FeatureSpec], spec: SignatureSpec, dataset: str
) -> list[Finding]:
    """Validate these features and the output; return a finding for each rule that some cells break."""
    columns = {f.name: pa.Column(nullable=True, checks=_rules(f)) for f in features}
    label = _rule("isin", list(spec.labels), must="must be a label of the signature")
    columns[spec.output_name] = pa.Column(nullable=True, checks=[label] if spec.labels else [])
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
    if feature.kind.is_number and feature.kind is not Kind.BOOL:
        rules.append(_rule("in_range", -MOST, MOST, must="must be finite and at most 3.4e38"))
    if feature.kind is Kind.BOOL:
        rules.append(_rule("isin", [0, 1], must="must be true or false"))
    if feature.kind is Kind.CATEGORY:
        rules.append(_rule("isin", list(feature.categories), must="must be one of the categories"))
    return rules


def _rule(name: str, *arguments: Any, must: str) -> Any:
    """A check of pandera with our text. It keeps a few failure cases: a million of them take minutes."""
    return getattr(pa.Check, name)(*arguments, n_failure_cases=EXAMPLES, error=must)


def _finding(error: Any, dataset: str) -> Finding:
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
