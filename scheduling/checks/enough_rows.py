"""Whether there are enough labelled rows for the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.checks.data_quality import rarest_class
from scheduling.evidence.outcomes import Outcome
from scheduling.quality.findings import Finding, outcome_of

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence

Count = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True, kw_only=True)
class EnoughRows(Check):
    """Labelled rows that can be asked, in all and of the rarest class.

    What is rarer than 3 in n is not seen among n rows with a probability of over 5 % (Hanley and
    Lippman-Hand, JAMA 1983, 249:1743).
    """

    id = "enough_rows"
    min_rows: Count = 30
    min_training_rows: Count = 30
    min_class_rows: Count = 5
    few_class_rows: Count = 10

    def run(self, evidence: Evidence) -> Outcome:
        """Count; how many would settle a comparison is for the comparison to say."""
        spec, judged = evidence.spec, evidence.judged
        rows, training = len(judged), len(spec.answerable(evidence.training))
        findings = [
            Finding(dataset=name, column="table", what=f"{count} rows, fewer than {least}", count=count)
            for name, count, least in (
                ("evaluation", rows, self.min_rows),
                ("training", training, self.min_training_rows),
            )
            if count < least
        ]
        label, of_rarest = rarest_class(judged[spec.output_name], spec.labels)
        if spec.labels and of_rarest < max(self.min_class_rows, self.few_class_rows):
            findings.append(
                Finding(
                    dataset="evaluation",
                    column=spec.output_name,
                    what=f"{of_rarest} rows of the label {label}",
                    count=of_rarest,
                    fails=of_rarest < self.min_class_rows,
                )
            )
        unseen = min(1.0, 3 / rows) if rows else 1.0
        return outcome_of(
            findings,
            passed=f"{rows} labelled rows; they say nothing of what is rarer than {unseen:.2g} of all cases",
            redacted=evidence.redacted,
            measured={
                "rows": rows,
                "training_rows": training,
                "smallest_class_rows": of_rarest if spec.labels else None,
                "unseen_share": unseen,
            },
            limit=self.limits,
        )
