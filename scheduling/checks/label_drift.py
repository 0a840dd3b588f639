"""Whether true labels are mixed lately, or where candidates are judged, as where they were trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.checks.base import RestsOn
from scheduling.checks.drift import Drift
from scheduling.evidence.outcomes import Level, Outcome

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.evidence.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class LabelDrift(Drift):
    """The truth in the reference against the labels told of logged predictions, where they are enough.

    Else against the evaluation set. A stratified split makes the shares equal to within rounding: then
    there is nothing to ask.
    """

    id = "label_drift"
    rests_on = RestsOn.LOG

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the two mixes of labels, or the two distributions of values."""
        from scheduling.statistics.drift.columns import category_column, number_column

        samples = evidence.samples
        told = samples.labelled(self.most_logged_rows)
        reference, recent = samples.reference, told if self.is_enough(told) else samples.evaluation
        labels = [sample.frame[evidence.spec.output_name] for sample in (reference, recent)]
        if evidence.spec.task != "classification":
            return self.outcome_of(number_column(*labels), "a share of the values", reference, recent)
        column = category_column(labels[0], labels[1], evidence.spec.labels)
        outcome = self.outcome_of(column, "a label's share", reference, recent)
        if recent is told or not _is_stratified(*labels):
            return outcome
        why = "The labels' shares are equal to within one row, as a stratified split makes them"
        return Outcome(
            level=Level.NOT_APPLICABLE,
            message=f"{why}: nothing can be asked; {outcome.message.rpartition('; ')[2]}",
            measured=outcome.measured,
            limit=self.limits,
            details=outcome.details,
        )


def _is_stratified(reference: pd.Series, recent: pd.Series) -> bool:
    """Whether each label has as many rows as its share of the other sample makes, but for less than one."""
    expected = reference.value_counts(normalize=True, dropna=False) * len(recent)
    return bool((expected.sub(recent.value_counts(dropna=False), fill_value=0).abs() < 1).all())
