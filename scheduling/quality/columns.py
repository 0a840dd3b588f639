"""What is wrong with columns as a whole."""

import math
from typing import Any

from pandas import DataFrame as Frame
from pandas import Series

from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import EXAMPLES, Finding, row_names

MOST_WITHOUT_LABEL = 0.5  # of the rows
MOST_DISTINCT = 0.5  # of a column's training texts: where more differ, free text, another value is usual


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
