"""Columns as a whole: missing values, columns that never change, values that training never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from predictions.contract.feature import FeatureSpec, Kind
from predictions.contract.signature import SignatureSpec
from scheduling.quality.findings import Finding, examples_of

if TYPE_CHECKING:
    import pandas as pd


def missing(frame: pd.DataFrame, spec: SignatureSpec, dataset: str, *, most: float) -> list[Finding]:
    """Required features with more than this share missing, and rows without a label."""
    findings = []
    for name, limit in [(f.name, most) for f in spec.features if f.required] + [(spec.output_name, 0.0)]:
        absent = frame[name].isna()
        if len(frame) and absent.mean() > limit:
            rows = tuple(f"row {row}" for row in frame.index[absent][:5])
            count = int(absent.sum())
            what = f"{count} of {len(frame)} {'labels' if name == spec.output_name else 'values'} are missing"
            findings.append(Finding(dataset=dataset, column=name, what=what, count=count, examples=rows))
    return findings


def constant(column: pd.Series) -> bool:
    """Whether all values that are there are one; an empty column is constant as well."""
    present = column.dropna()
    return present.empty or bool((present == present.iloc[0]).all())


def stuck(
    evaluation: pd.DataFrame, training: pd.DataFrame, spec: SignatureSpec, *, least: float
) -> list[Finding]:
    """Features that never change.

    In the training set: the model learned nothing from it, which is told. In the evaluation set: a
    failure where chance would make all rows equal with a probability under `least`, going by the share
    that its value has among the training rows.
    """
    findings = []
    for name in (feature.name for feature in spec.features):
        if constant(training[name]):
            findings.append(_never_changes("training", training[name], fails=False))
        if constant(evaluation[name]) and len(evaluation):
            chance = _share_of(evaluation[name], training[name]) ** len(evaluation)
            findings.append(_never_changes("evaluation", evaluation[name], fails=chance < least))
    return findings


def _share_of(evaluation: pd.Series, training: pd.Series) -> float:
    """Of the one value, or of none, among the training rows."""
    present = evaluation.dropna()
    same = training.isna() if present.empty else training == present.iloc[0]
    return float(same.mean()) if len(training) else 0.0


def _never_changes(dataset: str, column: pd.Series, *, fails: bool) -> Finding:
    value = tuple(str(one) for one in column.dropna().head(1).tolist())
    what = "always the same value" if value else "always missing"
    return Finding(
        dataset=dataset, column=str(column.name), what=what, count=len(column), examples=value, fails=fails
    )


def unseen(
    evaluation: pd.DataFrame, training: pd.DataFrame, spec: SignatureSpec, *, tolerance: float
) -> list[Finding]:
    """Evaluation values that training never saw, where the signature has no bound or category of its own.

    Numbers: further outside of the training range than `tolerance` times its width. Told, not failed.
    """
    findings = []
    for feature in spec.features:
        ours, theirs = evaluation[feature.name], training[feature.name].dropna()
        if feature.kind is Kind.TEXT and not feature.categories:
            bad, what = ours[ours.notna() & ~ours.isin(theirs.unique())], "are texts that training never saw"
            seen: tuple[str, ...] = ()
        elif feature.kind in (Kind.FLOAT, Kind.INT) and len(theirs):
            low, high = _range(feature, theirs, tolerance)
            bad, what = ours[(ours < low) | (ours > high)], "lie far outside of those of training"
            seen = (f"taken: {low:.6g} to {high:.6g}",)
        else:
            continue
        if len(bad):
            findings.append(
                Finding(
                    dataset="evaluation",
                    column=feature.name,
                    what=f"{len(bad)} of {len(ours)} values {what}",
                    count=len(bad),
                    examples=(*seen, *examples_of(bad)),
                    fails=False,
                )
            )
    return findings


def _range(feature: FeatureSpec, seen: pd.Series, tolerance: float) -> tuple[float, float]:
    """The training range widened by the tolerance; infinite on a side that the signature bounds."""
    low, high = float(seen.min()), float(seen.max())
    slack = tolerance * (high - low)
    bounded_below = feature.minimum is not None or feature.exclusive_minimum is not None
    bounded_above = feature.maximum is not None or feature.exclusive_maximum is not None
    return (
        float("-inf") if bounded_below else low - slack,
        float("inf") if bounded_above else high + slack,
    )
