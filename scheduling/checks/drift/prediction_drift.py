"""Whether the candidate answers recent rows differently from those it was trained on."""

from dataclasses import dataclass, replace

from scheduling.checks.drift.base import Drift
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome


@dataclass(frozen=True, kw_only=True)
class PredictionDrift(Drift):
    """The candidate's answers to the reference against those to the newest rows.

    Pooled chi-squared for labels, Kolmogorov-Smirnov for values. Drift from the training set only warns: a
    model that remembers its training rows answers them differently from new ones, without drift.
    """

    id = "prediction_drift"
    title = "Have its predictions shifted?"
    sets = ("evaluation", "training")

    def run(self, evidence: Evidence) -> Outcome:
        import pandas as pd

        from scheduling.evidence.samples import TRAINING_SET

        samples = evidence.samples
        logged = samples.logged(self.most_logged_rows)
        answered = samples.answered(logged) if self.is_enough(logged) else None
        reference, recent = samples.reference, answered or samples.evaluation
        before, after = (
            pd.Series(s.answers.outputs if s.answers else [], dtype="object") for s in (reference, recent)
        )
        columns, both, remark = (before, after), (reference, recent), self.why_not(logged)
        outcome = self.outcome_of("predictions", columns, both, spec=evidence.spec, remark=remark)
        if reference.name != TRAINING_SET or outcome.level is not Level.FAIL:
            return outcome
        maybe = "Or the candidate knows its training rows by heart, and so answers new ones differently."
        return replace(outcome, level=Level.WARN, message=f"{outcome.message} {maybe}")
