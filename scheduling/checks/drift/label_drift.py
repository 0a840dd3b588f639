"""Whether the mix of true labels has changed since training: recently, or in the evaluation set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduling.checks.drift.base import Drift, between
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class LabelDrift(Drift):
    """The labels of the reference against the known labels of logged predictions, where they are enough.

    Otherwise against the evaluation set. A stratified split makes the shares equal to within rounding: then
    there is nothing to check.
    """

    id = "label_drift"
    sets = ("evaluation", "training")

    def run(self, evidence: Evidence) -> Outcome:
        samples, name = evidence.samples, evidence.spec.output_name
        known = samples.labelled(self.most_logged_rows)
        both = samples.reference, known if self.is_enough(known) else samples.evaluation
        before, after = (sample.frame[name] for sample in both)
        outcome = self.outcome_of("true labels", (before, after), both, spec=evidence.spec)
        if both[1] is known or evidence.spec.task != "classification" or not _is_stratified(before, after):
            return outcome
        why = f"The shares of the labels are the same in {between(*both)}, as a stratified split makes them; "
        why += "there is nothing to check."
        return replace(outcome, level=Level.NOT_APPLICABLE, message=why, statistics="")


def _is_stratified(reference: pd.Series, recent: pd.Series) -> bool:
    """Whether each label has as many rows as its share of the other sample gives, but for less than one."""
    expected = reference.value_counts(normalize=True, dropna=False) * len(recent)
    return bool((expected.sub(recent.value_counts(dropna=False), fill_value=0).abs() < 1).all())
