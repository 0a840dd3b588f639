"""Columns as a whole: missing values, columns that never change, values that do not occur in training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import EXAMPLES, Finding, row_names

if TYPE_CHECKING:
    import pandas as pd


def missing(frame: pd.DataFrame, spec: SignatureSpec, dataset: str, *, most: float) -> list[Finding]:
    """Required features with more than this share missing, and rows without a label."""
    findings = []
    for name, limit in [(f.name, most) for f in spec.features if f.required] + [(spec.output_name, 0.0)]:
        absent = frame[name].isna()
        if len(frame) and absent.mean() > limit:
            count, rows = int(absent.sum()), row_names(frame, absent)
            what = f"{count} of {len(frame)} values of {name} are missing"
            findings.append(Finding(dataset=dataset, column=name, what=what, count=count, examples=rows))
    return findings


def stuck(
    evaluation: pd.DataFrame, training: pd.DataFrame, spec: SignatureSpec, *, least: float
) -> list[Finding]:
    """Features that never change.

    In the training set: the model learned nothing from it, which only warns. In the evaluation set: a
    failure if chance would make all rows equal with a probability under `least`, going by the share
    that its value has among the training rows.
    """
    findings = []
    for feature in spec.features:
        ours, theirs = evaluation[feature.name], training[feature.name]
        if constant(theirs):
            findings.append(_never_changes("training", theirs, fails=False))
        if constant(ours) and len(ours):
            present = ours.dropna()
            same = theirs.isna() if present.empty else theirs == present.iloc[0]
            chance = (float(same.mean()) if len(same) else 0.0) ** len(ours)
            findings.append(_never_changes("evaluation", ours, fails=chance < least))
    return findings


def constant(column: pd.Series) -> bool:
    """Whether all values that are present are equal; an empty column is constant as well."""
    present = column.dropna()
    return present.empty or bool((present == present.iloc[0]).all())


def _never_changes(dataset: str, column: pd.Series, *, fails: bool) -> Finding:
    value = tuple(str(one) for one in column.dropna().head(1).tolist())
    what = f"{column.name} {'has the same value in every row' if value else 'is missing in every row'}"
    name = str(column.name)
    return Finding(dataset=dataset, column=name, what=what, count=len(column), examples=value, fails=fails)


def unseen(
    evaluation: pd.DataFrame, training: pd.DataFrame, spec: SignatureSpec, *, tolerance: float
) -> list[Finding]:
    """Evaluation values that training never saw, where the signature has no bound or category for them.

    Numbers: further outside of the training range than `tolerance` times its width. It only warns.
    """
    findings = []
    for feature in spec.features:
        ours, theirs = evaluation[feature.name], training[feature.name].dropna()
        seen: list[str] = []
        if feature.kind is Kind.TEXT and not feature.categories:
            bad, what = ours[ours.notna() & ~ours.isin(theirs.unique())], "do not occur in the training set"
        elif feature.kind in (Kind.FLOAT, Kind.INT) and len(theirs):
            low, high = _range(feature, theirs, tolerance)
            bad, what = ours[(ours < low) | (ours > high)], "are far outside of the range of the training set"
            seen = [f"accepted: {low:.6g} to {high:.6g}"]
        else:
            continue
        if len(bad):
            first = [f"row {row}: {value}" for row, value in bad.head(EXAMPLES).items()]
            told = f"{len(bad)} of {len(ours)} values of {feature.name} {what}"
            name, shown = feature.name, (*seen, *first)
            found = Finding(dataset="evaluation", column=name, what=told, count=len(bad), examples=shown)
            findings.append(replace(found, fails=False))
    return findings


def _range(feature: FeatureSpec, seen: pd.Series, tolerance: float) -> tuple[float, float]:
    """The training range widened by the tolerance; infinite on a side that the signature bounds."""
    low, high = float(seen.min()), float(seen.max())
    slack = tolerance * (high - low)
    if feature.minimum is not None or feature.exclusive_minimum is not None:
        low = -float("inf")
    if feature.maximum is not None or feature.exclusive_maximum is not None:
        high = float("inf")
    return low - slack, high + slack
