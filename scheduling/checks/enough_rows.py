"""Whether there are enough labelled rows for the question."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from predictions.contract.numbers import counted
from scheduling.checks.base import Check
from scheduling.checks.data_quality import rarest_class
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.quality.findings import Finding, outcome_of

Count = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True, kw_only=True)
class EnoughRows(Check):
    """Labelled rows that the signature accepts, in total and of the rarest class.

    What is rarer than 3 in n is not seen among n rows with a probability of over 5 % (Hanley and
    Lippman-Hand, JAMA 1983, 249:1743).
    """

    id = "enough_rows"
    title = "Are there enough labelled rows?"
    sets = ("evaluation", "training")
    min_rows: Count = 30
    min_training_rows: Count = 30
    min_class_rows: Count = 5
    few_class_rows: Count = 10

    def run(self, evidence: Evidence) -> Outcome:
        spec, judged = evidence.spec, evidence.judged
        rows, training = len(judged), len(spec.answerable(evidence.training))
        findings = []
        needed = {"evaluation": (rows, self.min_rows), "training": (training, self.min_training_rows)}
        for name, (count, least) in needed.items():
            what = f"there are {count} usable rows, and at least {least} are needed"
            if count < least:
                findings.append(Finding(dataset=name, what=what, count=count))
        label, of_rarest = rarest_class(judged[spec.output_name], spec.labels)
        wanted = max(self.min_class_rows, self.few_class_rows)
        if spec.labels and of_rarest < wanted:
            what, fails = (
                f"the label {label} has {counted(of_rarest, 'row')}",
                of_rarest < self.min_class_rows,
            )
            what += f"; add rows until it has {wanted}"
            where: Any = {"dataset": "evaluation", "column": spec.output_name}
            findings.append(Finding(**where, what=what, count=of_rarest, fails=fails))
        passed = f"There are {counted(rows, 'labelled row')}."
        if rows:
            passed += f" Errors rarer than about 1 in {max(rows / 3, 1):,.0f} would not show up in them."
        return outcome_of(
            findings,
            passed=passed,
            redacted=evidence.redacted,
            measured={
                "rows": rows,
                "training_rows": training,
                "smallest_class_rows": of_rarest if spec.labels else None,
                "unseen_share": min(1.0, 3 / rows) if rows else 1.0,
            },
        )
