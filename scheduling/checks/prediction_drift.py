"""Whether the candidate answers new rows otherwise than those it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.outcomes import Level, Outcome

if TYPE_CHECKING:
    import numpy as np

    from scheduling.evidence import Evidence
    from scheduling.statistics.drift import Shift

Share = Annotated[float, Meta(gt=0, lt=1)]


@dataclass(frozen=True, kw_only=True)
class PredictionDrift(Check):
    """Answers to the training rows against those to the evaluation rows.

    A test (pooled chi-squared for labels, Kolmogorov-Smirnov for values) *and* an effect: a large
    sample finds any difference significant, a small one finds large differences by chance.
    """

    id = "prediction_drift"
    alpha: Share = 0.05
    drift_distance: Share = 0.10
    possible_distance: Share = 0.05
    visible_distance: Share = 0.20

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the two mixes of labels, or the two distributions of values."""
        from scheduling.statistics.drift import category_shift

        if evidence.spec.task != "classification":
            return self._of_values(evidence)
        counts = _counts(evidence)
        shift = category_shift(*counts)
        return self._outcome(
            shift, *self._judge(shift, "a label's share"),
            details=dict(zip(("training", "evaluation"), (c.tolist() for c in counts), strict=True)),
        )  # fmt: skip

    def _of_values(self, evidence: Evidence) -> Outcome:
        """At most a warning: a model that has learnt its rows by heart spreads wider on them."""
        from scheduling.statistics.drift import value_shift

        shift = value_shift(evidence.training_answers.outputs, evidence.candidate_answers.outputs)
        level, message = self._judge(shift, "a share of the values")
        if level is Level.FAIL:
            level, message = Level.WARN, f"{message}. Or it knows its training rows by heart"
        return self._outcome(shift, level, message, details={})

    def _outcome(self, shift: Shift, level: Level, message: str, *, details: dict[str, Any]) -> Outcome:
        return Outcome(
            level=level,
            message=message,
            measured={"distance": shift.distance, "p": shift.p, "visible_distance": shift.visible},
            limit=self.limits,
            details=details,
        )

    def _judge(self, shift: Shift, what: str) -> tuple[Level, str]:
        seen = f"the largest change of {what} is {shift.distance:.3f}, p = {shift.p:.2g}"
        if shift.p <= self.alpha and shift.distance >= self.drift_distance:
            return Level.FAIL, f"Drift: {seen}"
        if shift.p <= self.alpha and shift.distance >= self.possible_distance:
            return Level.WARN, f"Possible drift: {seen}"
        if shift.visible > self.visible_distance:
            return Level.WARN, f"Too few rows to see a change under {shift.visible:.2f}; {seen}"
        return Level.PASS, f"No drift: {seen}"


def _counts(evidence: Evidence) -> list[np.ndarray]:
    """How often each label was answered: to the training rows, and to the evaluation rows."""
    import numpy as np

    from scheduling.statistics.scored import positions

    labels = evidence.spec.labels
    return [
        np.bincount(positions(answers.outputs, labels), minlength=len(labels))
        for answers in (evidence.training_answers, evidence.candidate_answers)
    ]
