"""Whether what is asked lately looks like what the candidate learned from, feature by feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from predictions.contract.feature import Kind
from scheduling.checks.base import RestsOn
from scheduling.checks.drift import Drift, State, between, sizes
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.evidence.redaction import values_of

if TYPE_CHECKING:
    import pandas as pd

    from predictions.contract.feature import FeatureSpec
    from scheduling.evidence.evidence import Evidence
    from scheduling.evidence.samples import Sample
    from scheduling.statistics.drift.columns import ColumnShift


@dataclass(frozen=True, kw_only=True)
class JudgedColumn:
    """What was found in one feature."""

    name: str
    found: ColumnShift
    state: State
    importance: float

    def __str__(self) -> str:
        """For people."""
        distance = self.found.shift.distance
        return f"{self.name} ({self.state}, D {distance:.2f}, importance {self.importance:.2f})"

    def as_dict(self, *, redacted: frozenset[str]) -> dict[str, Any]:
        """As it is kept: with what a picture of it needs."""
        shift = self.found.shift
        return {
            "name": self.name,
            "state": self.state.value,
            "distance": shift.distance,
            "p": shift.p,
            "visible_distance": shift.visible,
            "importance": self.importance,
            "missing": self.found.missing,
            "distribution": values_of([self.name], self.found.distribution, redacted=redacted),
        }


@dataclass(frozen=True, kw_only=True)
class FeatureDrift(Drift):
    """Each feature of the reference against the newest rows; Benjamini-Hochberg over all features.

    Drift is weighed by how much the candidate's answers hang on the feature: from `drifted_importance`
    on, of all importance, it fails; less is told only.
    """

    id = "feature_drift"
    rests_on = RestsOn.LOG
    drifted_importance: Annotated[float, Meta(gt=0, le=1)] = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        """Test every feature that both samples have."""
        samples = evidence.samples
        logged = samples.logged(self.most_logged_rows)
        recent = logged if self.is_enough(logged) else samples.evaluation
        columns = self._columns(evidence, recent)
        redacted = [f.name for f in evidence.spec.features if f.name not in recent.frame.columns]
        drifted = sum(column.importance for column in columns if column.state is State.DRIFT)
        said = _said(columns, drifted, redacted)
        return Outcome(
            level=self._level(columns, drifted, redacted),
            message=f"{said}; {between(samples.reference, recent)}{self.why_not(logged)}",
            measured={"drifted_importance": drifted} | _counts(columns),
            limit=self.limits,
            details=sizes(samples.reference, recent)
            | {
                "columns": [column.as_dict(redacted=evidence.redacted) for column in columns],
                "redacted": redacted,
            },
        )

    def _columns(self, evidence: Evidence, recent: Sample) -> list[JudgedColumn]:
        from scipy.stats import false_discovery_control

        samples = evidence.samples
        before, after = samples.reference.frame, recent.frame
        if recent is not samples.evaluation:  # it has only what was not refused
            before = evidence.spec.answerable(before)
        told = [feature for feature in evidence.spec.features if feature.name in after.columns]
        found = [_compare(feature, before[feature.name], after[feature.name]) for feature in told]
        significant = false_discovery_control([one.shift.p for one in found]) <= self.alpha
        return [
            JudgedColumn(
                name=feature.name,
                found=one,
                state=self.state(one.shift, significant=is_significant),
                importance=samples.importance[feature.name],
            )
            for feature, one, is_significant in zip(told, found, significant.tolist(), strict=True)
        ]

    def _level(self, columns: list[JudgedColumn], drifted: float, redacted: list[str]) -> Level:
        if drifted >= self.drifted_importance:
            return Level.FAIL
        calm = all(column.state is State.NONE for column in columns)
        return Level.PASS if calm and not redacted else Level.WARN


def _compare(feature: FeatureSpec, reference: pd.Series, recent: pd.Series) -> ColumnShift:
    from scheduling.statistics.drift.columns import category_column, number_column

    if feature.kind is Kind.BOOL or not feature.kind.is_number:
        return category_column(reference, recent, feature.categories)
    return number_column(reference, recent)


def _counts(columns: list[JudgedColumn]) -> dict[str, int]:
    states = [column.state for column in columns]
    return {state.value.replace(" ", "_"): states.count(state) for state in State}


def _said(columns: list[JudgedColumn], drifted: float, redacted: list[str]) -> str:
    """For people: what moved, the most important first; and what could not be seen."""
    moved = [column for column in columns if column.state in (State.DRIFT, State.POSSIBLE)]
    hidden = [column.found.shift.visible for column in columns if column.state is State.TOO_FEW]
    parts = []
    if moved:
        shown = ", ".join(map(str, sorted(moved, key=lambda column: -column.importance)[:5]))
        parts.append(f"{drifted:.2f} of the importance has drifted: {shown}")
    if hidden:
        parts.append(f"Too few rows to see a change under {max(hidden):.2f} in {len(hidden)} features")
    if redacted:
        parts.append(f"Redacted in the log: {', '.join(redacted)}")
    return "; ".join(parts or [f"No drift in {len(columns)} features"])
