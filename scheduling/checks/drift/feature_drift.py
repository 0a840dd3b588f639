"""Whether recent requests look like the rows that the candidate learned from, feature by feature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta

from predictions.contract.fields import Kind
from predictions.contract.numbers import counted
from scheduling.checks.drift.base import Drift, State, between
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome, values_of
from scheduling.evidence.samples import Sample

if TYPE_CHECKING:
    from scheduling.statistics.drift import ColumnShift


@dataclass(frozen=True, kw_only=True)
class JudgedColumn:
    """What was found in one feature."""

    name: str
    found: ColumnShift
    state: State
    importance: float

    def __str__(self) -> str:
        changed = f"changed by {self.found.shift.distance:.2f}, importance {self.importance:.2f}"
        return f"{self.name} ({self.state}, {changed})"

    def as_dict(self, *, redacted: frozenset[str]) -> dict[str, Any]:
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

    Drift is weighted by how much the candidate's answers depend on the feature: from `drifted_importance`
    on, of all importance, it fails; less only warns.
    """

    id = "feature_drift"
    title = "Have the inputs shifted?"
    sets: ClassVar[tuple[str, ...]] = ("evaluation", "training")
    drifted_importance: Annotated[float, Meta(gt=0, le=1)] = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        samples = evidence.samples
        logged = samples.logged(self.most_logged_rows)
        recent = logged if self.is_enough(logged) else samples.evaluation
        columns = self.columns(evidence, samples.reference, recent)
        redacted = [f.name for f in evidence.spec.features if f.name not in recent.frame.columns]
        drifted = sum(column.importance for column in columns if column.state is State.DRIFT)
        states = [column.state for column in columns]
        level = Level.WARN if redacted or any(state is not State.NONE for state in states) else Level.PASS
        compared = f"Compared: {between(samples.reference, recent)}.{self.why_not(logged)}"
        return Outcome(
            level=Level.FAIL if drifted >= self.drifted_importance else level,
            message=f"{_said(columns, drifted, redacted)} {compared}",
            statistics=f"Benjamini-Hochberg over {counted(len(columns), 'feature')}, "
            f"significance level {self.alpha:g}.",
            measured={"drifted_importance": drifted}
            | {state.value.replace(" ", "_"): states.count(state) for state in State},
            details={
                "reference": samples.reference.size,
                "recent": recent.size,
                "columns": [column.as_dict(redacted=evidence.redacted) for column in columns],
                "redacted": redacted,
            },
        )

    def columns(self, evidence: Evidence, reference: Sample, recent: Sample) -> list[JudgedColumn]:
        """Compare each feature that the recent rows have; Benjamini-Hochberg says which changes are real."""
        from scipy.stats import false_discovery_control

        from scheduling.statistics.drift import column_shift

        samples = evidence.samples
        before, after = reference.frame, recent.frame
        if recent is not samples.evaluation:  # the log has only what was accepted
            before = evidence.spec.answerable(before)
        groups = reference.groups, recent.groups
        features = [feature for feature in evidence.spec.features if feature.name in after.columns]
        found = []
        for feature in features:
            both = before[feature.name], after[feature.name]
            is_number = feature.kind.is_number and feature.kind is not Kind.BOOL
            categories = None if is_number else feature.categories
            shift = column_shift(*both, groups=groups, categories=categories)
            if feature.kind is Kind.TIMESTAMP:  # the picture shows its numbers as dates
                shift = replace(shift, distribution=shift.distribution | {"kind": "times"})
            found.append(shift)
        significant = false_discovery_control([one.shift.p for one in found]) <= self.alpha
        return [
            JudgedColumn(
                name=feature.name,
                found=one,
                state=self.state(one.shift, significant=is_significant),
                importance=samples.importance[feature.name],
            )
            for feature, one, is_significant in zip(features, found, significant.tolist(), strict=True)
        ]


def _said(columns: list[JudgedColumn], drifted: float, redacted: list[str]) -> str:
    """Tell what moved, the most important first; and what could not be seen."""
    moved = [column for column in columns if column.state in (State.DRIFT, State.POSSIBLE)]
    hidden = [column.found.shift.visible for column in columns if column.state is State.TOO_FEW]
    parts = []
    if moved:
        moved.sort(key=lambda column: -column.importance)
        first, more = moved[0].name, f" and {counted(len(moved) - 1, 'more feature')}" if moved[1:] else ""
        parts.append(f"The data have changed: {first}{more} ({drifted:.0%} of what the model goes by).")
        parts.append(f"In detail: {', '.join(map(str, moved[:5]))}.")
    if hidden:
        parts.append(
            f"Too few rows to see small changes (a distance below {max(hidden):.2f}) in "
            f"{counted(len(hidden), 'feature')}."
        )
    if redacted:
        parts.append(f"Not checked, because they are redacted in the log: {', '.join(redacted)}.")
    return " ".join(parts) or f"No drift in {counted(len(columns), 'feature')}."
