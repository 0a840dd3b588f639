"""Whether the training and the evaluation set can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from predictions.contract.numbers import counted
from predictions.contract.signature import SignatureSpec
from scheduling.checks.base import Check
from scheduling.evidence.counted_hashes import duplicated
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.samples import Hashes
from scheduling.quality.findings import Finding, outcome_of, row_names

if TYPE_CHECKING:
    import pandas as pd

Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class DataQuality(Check):
    """Both sets against the signature, and the evaluation set against the training set.

    Copies, contradictions, a constant training column and values that training never saw only warn.
    """

    id = "data_quality"
    title = "Are the data in order?"
    sets = ("evaluation", "training")
    max_missing_share: Share = 0.0
    min_class_balance: Share = 0.1  # of the share that each label would have if all had the same
    min_constant_probability: Share = 0.001  # for all features together
    range_tolerance: Annotated[float, Meta(ge=0)] = 0.5
    max_duplicate_share: Share = 0.1
    max_contradicting_share: Share = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        from scheduling.quality.columns import stuck, unseen

        spec, sets = evidence.spec, {"evaluation": evidence.frame, "training": evidence.training}
        findings: list[Finding] = []
        measured: dict[str, Any] = {}
        absent = {}
        for name, frame in sets.items():
            other = sets["training" if name == "evaluation" else "evaluation"]
            of_set, measured[name] = self._examine(frame, other, spec, evidence.hashes[name], name)
            findings += of_set
            absent[name] = {column: share for column, share in frame.isna().mean().items() if share}
        evaluation, training = sets.values()
        least = self.min_constant_probability / len(spec.features)  # hundreds of rare ones are honest
        findings += stuck(evaluation, training, spec, least=least)
        findings += unseen(evaluation, training, spec, tolerance=self.range_tolerance)
        rows = " and ".join(counted(len(frame), f"{name} row") for name, frame in sets.items())
        features = counted(len(spec.features), "feature")
        passed = f"{rows} with {features} fit the signature, the columns that a request must have."
        found = {"measured": measured, "details": {"missing_share": absent}}
        return outcome_of(findings, passed=passed, redacted=evidence.redacted, **found)

    def _examine(
        self, frame: pd.DataFrame, other: pd.DataFrame, spec: SignatureSpec, hashes: Hashes, name: str
    ) -> tuple[list[Finding], dict[str, Any]]:
        from scheduling.quality.cells import bad_cells
        from scheduling.quality.columns import missing

        rarest, rows_of_rarest = rarest_class(frame[spec.output_name], spec.labels)
        share = rows_of_rarest / len(frame) if len(frame) else 0.0
        findings = bad_cells(frame, spec, name)
        findings += missing(frame, spec, name, most=self.max_missing_share)
        if spec.labels and share < (least := self.min_class_balance / len(spec.labels)):
            what = f"the label {rarest} has only {rows_of_rarest} of {len(frame)} rows"
            what, column = f"{what}, under {least:.2g} of all", spec.output_name
            elsewhere = float((other[spec.output_name] == rarest).mean()) if len(other) else 0.0
            # Some labels are rare in the world; one that is rare in this set only was lost on the way.
            lost = not rows_of_rarest or share < self.min_class_balance * elsewhere
            columns: Any = {"column": column, "count": rows_of_rarest, "fails": lost}
            findings.append(Finding(dataset=name, what=what, **columns))
        repeated, contrary = duplicated(hashes.with_label), hashes.contradicting(spec)
        for rows, words, limit in (
            (repeated, "are copies of other rows", self.max_duplicate_share),
            (contrary, "have the features of another row but another label", self.max_contradicting_share),
        ):
            if len(rows) and rows.mean() > limit:
                count, what = int(rows.sum()), f"{int(rows.sum())} of {len(rows)} rows {words}"
                first = row_names(rows)
                findings.append(Finding(dataset=name, what=what, count=count, examples=first, fails=False))
        return findings, {
            "rows": len(frame),
            "missing_share": float(frame.isna().mean().max()),
            "smallest_class_share": share if spec.labels else None,
            "smallest_class_rows": rows_of_rarest if spec.labels else None,
            "duplicate_rows": int(repeated.sum()),
            "contradicting_rows": int(contrary.sum()),
        }


def rarest_class(column: pd.Series, labels: tuple[Any, ...]) -> tuple[Any, int]:
    """The label of the signature with the fewest rows, and how many; (None, 0) for a regression."""
    counts = column.value_counts()
    rows = {label: int(counts.get(label, 0)) for label in labels}
    return min(rows.items(), key=lambda item: item[1], default=(None, 0))
