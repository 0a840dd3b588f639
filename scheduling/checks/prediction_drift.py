"""Whether the candidate answers new rows otherwise than those it was trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduling.checks.base import RestsOn
from scheduling.checks.drift import Drift
from scheduling.evidence.outcomes import Level, Outcome

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class PredictionDrift(Drift):
    """The candidate's answers to the reference against those to the newest rows.

    Pooled chi-squared for labels, Kolmogorov-Smirnov for values. Drift from the training set is only told.
    """

    id = "prediction_drift"
    rests_on = RestsOn.LOG

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the two mixes of labels, or the two distributions of values."""
        import pandas as pd

        from scheduling.evidence.samples import TRAINING_SET
        from scheduling.statistics.drift.columns import category_column, number_column

        samples = evidence.samples
        logged = samples.logged(self.most_logged_rows)
        answered = samples.answered(logged) if self.is_enough(logged) else None
        reference, recent = samples.reference, answered or samples.evaluation
        said = [pd.Series(s.answers.outputs, dtype="object") for s in (reference, recent) if s.answers]
        if evidence.spec.task == "classification":
            column, what = category_column(said[0], said[1], evidence.spec.labels), "a label's share"
        else:
            column, what = number_column(*said), "a share of the values"
        outcome = self.outcome_of(column, what, reference, recent, self.why_not(logged))
        return _at_most_a_warning(outcome) if reference.name == TRAINING_SET else outcome


def _at_most_a_warning(outcome: Outcome) -> Outcome:
    """A model that has learnt its rows by heart answers them otherwise than new ones: that is no drift."""
    if outcome.level is not Level.FAIL:
        return outcome
    message = f"{outcome.message}. Or it knows its training rows by heart"
    return replace(outcome, level=Level.WARN, message=message)
