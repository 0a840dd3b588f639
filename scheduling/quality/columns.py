"""Cells that the signature does not allow, found by a pandera schema made from it; and columns as a whole."""

import math
from typing import Any

import pandera.pandas as pa
from pandas import DataFrame as Frame
from pandas import Series

from predictions.contract.fields import MOST, FeatureSpec, Kind, check_field
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import EXAMPLES, Finding, row_names

MOST_WITHOUT_LABEL = 0.5  # of the rows
MOST_DISTINCT = 0.5  # of a column's training texts: where more differ, free text, another value is usual


def bad_cells(frame: Frame, spec: SignatureSpec, dataset: str) -> list[Finding]:
    """Validate all columns; return a finding for each rule that some cells of a column break."""
    columns = {f.name: pa.Column(nullable=True, checks=_rules(f)) for f in spec.features}
    if list(frame.columns) == [*columns, spec.output_name]:  # pandera takes milliseconds for each
        sound = [f.name for f in spec.features if _is_sound(frame[f.name], f)]
        columns = {name: column for name, column in columns.items() if name not in set(sound)}
        frame = frame[[*columns, spec.output_name]]
    label = _rule("isin", list(spec.labels), must="must be a label of the signature")
    columns[spec.output_name] = pa.Column(nullable=True, checks=[label] if spec.labels else [])
    try:
        pa.DataFrameSchema(columns, strict=True, ordered=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return [_finding(one, dataset) for one in error.schema_errors]
    return []


def _is_sound(column: Series, feature: FeatureSpec) -> bool:
    """Whether all numbers keep the rules of their feature, as the least and the largest of them do."""
    if column.dtype != "float64":
        return False
    known = column.to_numpy()[column.notna().to_numpy()]
    ends = (known.min(), known.max()) if known.size else ()
    return not any(check_field(feature, float(one))[1] for one in ends)


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


def missing(frame: Frame, spec: SignatureSpec, dataset: str, *, most: float) -> list[Finding]:
    """Required features with more than this share missing, and rows without a label."""
    findings = []
    for name, limit in [(f.name, most) for f in spec.features if f.required] + [(spec.output_name, 0.0)]:
        absent = frame[name].isna()
        if len(frame) and absent.mean() > limit:
            count, rows = int(absent.sum()), row_names(absent)
            what = f"{count} of {len(frame)} values of {name} are missing"
            fails = name != spec.output_name or absent.mean() > MOST_WITHOUT_LABEL  # those are left out
            shown: Any = {"count": count, "examples": rows, "fails": bool(fails)}
            findings.append(Finding(dataset=dataset, column=name, what=what, **shown))
    return findings


def stuck(evaluation: Frame, training: Frame, spec: SignatureSpec, *, least: float) -> list[Finding]:
    """Features that never change: a warning in training, else a failure if chance is under `least`."""
    findings = []
    for feature in spec.features:
        ours, theirs = evaluation[feature.name], training[feature.name]
        if _is_constant(theirs):
            findings.append(_never_changes("training", theirs, fails=False))
        if _is_constant(ours) and len(ours):
            present = ours.dropna()
            same = theirs.isna() if present.empty else theirs == present.iloc[0]
            chance = (float(same.mean()) if len(same) else 0.0) ** len(ours)
            findings.append(_never_changes("evaluation", ours, fails=chance < least))
    return findings


def _is_constant(column: Series) -> bool:
    present = column.dropna()
    return present.empty or bool((present == present.iloc[0]).all())  # sorts and hashes nothing


def _never_changes(dataset: str, column: Series, *, fails: bool) -> Finding:
    value = tuple(str(one) for one in column.dropna().head(1).tolist())
    what = f"{column.name} {'has the same value in every row' if value else 'is missing in every row'}"
    name = str(column.name)
    return Finding(dataset=dataset, column=name, what=what, count=len(column), examples=value, fails=fails)


def unseen(evaluation: Frame, training: Frame, spec: SignatureSpec, *, tolerance: float) -> list[Finding]:
    """Evaluation values that training never saw, where the signature neither bounds nor lists them.

    Not of free text, of which nearly every row is new.
    """
    findings = []
    for feature in spec.features:
        ours, theirs = evaluation[feature.name], training[feature.name].dropna()
        seen: list[str] = []
        if feature.kind is Kind.TEXT:
            if theirs.nunique() > MOST_DISTINCT * len(theirs):
                continue
            bad, what = ours[ours.notna() & ~ours.isin(theirs.unique())], "do not occur in the training set"
        elif feature.kind.has_bounds and len(theirs):
            low, high = _range(feature, theirs, tolerance)
            bad, what = ours[(ours < low) | (ours > high)], "are far outside of the range of the training set"
            seen = [f"accepted: {low:.6g} to {high:.6g}"]
        else:
            continue
        if len(bad):
            first = [f"row {row}: {value}" for row, value in bad.head(EXAMPLES).items()]
            told = f"{len(bad)} of {len(ours)} values of {feature.name} {what}"
            shown: Any = {"count": len(bad), "examples": (*seen, *first), "fails": False}
            findings.append(Finding(dataset="evaluation", column=feature.name, what=told, **shown))
    return findings


def _range(feature: FeatureSpec, seen: Series, tolerance: float) -> tuple[float, float]:
    """The training range widened by the tolerance; infinite on a side that the signature bounds."""
    slack = tolerance * float(seen.max() - seen.min())
    unbounded_below = feature.minimum is None and feature.exclusive_minimum is None
    unbounded_above = feature.maximum is None and feature.exclusive_maximum is None
    low = float(seen.min()) - slack if unbounded_below else -math.inf
    high = float(seen.max()) + slack if unbounded_above else math.inf
    return low, high
