"""Whether the candidate answers new rows with another mix of labels than those it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.outcomes import Level, Outcome

if TYPE_CHECKING:
    from scheduling.evidence import Evidence
    from scheduling.statistics.drift import Shift

Share = Annotated[float, Meta(gt=0, lt=1)]


@dataclass(frozen=True, kw_only=True)
class PredictionDrift(Check):
    """Labels predicted for the training rows against those for the evaluation rows.

    A pooled chi-squared test *and* an effect: a large sample finds any difference significant, a
    small one finds large differences by chance.
    """

    id = "prediction_drift"
    alpha: Share = 0.05
    drift_distance: Share = 0.10
    possible_distance: Share = 0.05
    visible_distance: Share = 0.20

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the two mixes; a regression has none."""
        import numpy as np

        from scheduling.statistics.drift import category_shift
        from scheduling.statistics.metrics import positions

        labels = evidence.spec.labels
        if evidence.spec.task != "classification":
            return Outcome(level=Level.NOT_APPLICABLE, message="A regression predicts no labels.")
        counts = [
            np.bincount(positions(answers.outputs, labels), minlength=len(labels))
            for answers in (evidence.training_answers, evidence.candidate_answers)
        ]
        shift = category_shift(*counts)
        level, message = self._judge(shift)
        return Outcome(
            level=level,
            message=message,
            measured={"distance": shift.distance, "p": shift.p, "visible_distance": shift.visible},
            limit=self.limits,
            details={"training": counts[0].tolist(), "evaluation": counts[1].tolist()},
        )

    def _judge(self, shift: Shift) -> tuple[Level, str]:
        seen = f"the largest change of a label's share is {shift.distance:.3f}, p = {shift.p:.2g}"
        if shift.p <= self.alpha and shift.distance >= self.drift_distance:
            return Level.FAIL, f"Drift: {seen}"
        if shift.p <= self.alpha and shift.distance >= self.possible_distance:
            return Level.WARN, f"Possible drift: {seen}"
        if shift.visible > self.visible_distance:
            return Level.WARN, f"Too few rows to see a change under {shift.visible:.2f}; {seen}"
        return Level.PASS, f"No drift: {seen}"
