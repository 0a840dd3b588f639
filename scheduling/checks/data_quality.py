"""Whether the training and the evaluation set can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Outcome
from scheduling.quality.findings import Finding, outcome_of

if TYPE_CHECKING:
    import pandas as pd

    from predictions.contract.signature import SignatureSpec
    from scheduling.evidence.evidence import Evidence
    from scheduling.quality.rows import Hashes

Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class DataQuality(Check):
    """Both sets against the signature, and the evaluation set against the training set.

    Cells outside of the signature, missing values, class balance and a column that is stuck fail.
    Copies, contradictions and values that training never saw are told.
    """

    id = "data_quality"
    max_missing_share: Share = 0.0
    min_class_balance: Share = 0.1  # of the share that each label would have if all had the same
    min_constant_probability: Share = 0.001  # for all features together
    range_tolerance: Annotated[float, Meta(ge=0)] = 0.5
    max_duplicate_share: Share = 0.1
    max_contradicting_share: Share = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        """Ask each set, then the two together."""
        from scheduling.quality.columns import stuck, unseen

        spec, sets = evidence.spec, {"evaluation": evidence.frame, "training": evidence.training}
        findings: list[Finding] = []
        measured: dict[str, Any] = {}
        for name, frame in sets.items():
            found, measured[name] = self._ask(frame, spec, evidence.hashes[name], name)
            findings += found
        evaluation, training = sets.values()
        least = self.min_constant_probability / len(spec.features)  # hundreds of rare ones are honest
        findings += stuck(evaluation, training, spec, least=least)
        findings += unseen(evaluation, training, spec, tolerance=self.range_tolerance)
        rows = " and ".join(f"{len(frame)} {name} rows" for name, frame in sets.items())
        return outcome_of(
            findings,
            passed=f"{rows}, {len(spec.features)} features: as the signature says",
            redacted=evidence.redacted,
            measured=measured,
            limit=self.limits,
            details={"missing_share": {name: _missing_shares(frame) for name, frame in sets.items()}},
        )

    def _ask(
        self, frame: pd.DataFrame, spec: SignatureSpec, hashes: Hashes, name: str
    ) -> tuple[list[Finding], dict[str, Any]]:
        """What is wrong with one set, and what was measured."""
        from scheduling.quality.cells import bad_cells
        from scheduling.quality.columns import missing
        from scheduling.quality.rows import contradicting

        rarest, rows_of_rarest = rarest_class(frame[spec.output_name], spec.labels)
        share = rows_of_rarest / len(frame) if len(frame) else 0.0
        findings = bad_cells(frame, spec, name)
        findings += missing(frame, spec, name, most=self.max_missing_share)
        if spec.labels and share < (least := self.min_class_balance / len(spec.labels)):
            what = f"the label {rarest} has {rows_of_rarest} of {len(frame)} rows, under {least:.2g} of all"
            findings.append(Finding(dataset=name, column=spec.output_name, what=what, count=rows_of_rarest))
        repeated, contrary = hashes.with_label.duplicated(), contradicting(hashes, spec)
        findings += self._twins(frame, repeated, contrary, name)
        return findings, {
            "rows": len(frame),
            "missing_share": float(frame.isna().mean().max()),
            "smallest_class_share": share if spec.labels else None,
            "smallest_class_rows": rows_of_rarest if spec.labels else None,
            "duplicate_rows": int(repeated.sum()),
            "contradicting_rows": int(contrary.sum()),
        }

    def _twins(
        self, frame: pd.DataFrame, repeated: pd.Series, contrary: pd.Series, name: str
    ) -> list[Finding]:
        """Copies of rows, and rows with the same features and another label."""
        asked = (
            (repeated, "are copies of other rows", self.max_duplicate_share),
            (contrary, "have the features of another row, and another label", self.max_contradicting_share),
        )
        return [
            Finding(
                dataset=name, column="table", what=f"{int(rows.sum())} of {len(frame)} rows {what}",
                count=int(rows.sum()), fails=False,
                examples=tuple(f"row {row}" for row in frame.index[rows][:5]),
            )
            for rows, what, limit in asked
            if len(frame) and rows.mean() > limit
        ]  # fmt: skip


def rarest_class(column: pd.Series, labels: tuple[Any, ...]) -> tuple[Any, int]:
    """The label of the signature with the fewest rows, and how many; (None, 0) for a regression."""
    counts = column.value_counts()
    rows = {label: int(counts.get(label, 0)) for label in labels}
    return min(rows.items(), key=lambda item: item[1], default=(None, 0))


def _missing_shares(frame: pd.DataFrame) -> dict[str, float]:
    """Of each column that lacks a value."""
    return {name: share for name, share in frame.isna().mean().items() if share}
