"""Whether the candidate is better than the champion, as far as the evaluation rows can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.outcomes import Level, Outcome, Verdict

if TYPE_CHECKING:
    import numpy as np

    from scheduling.evidence import Evidence
    from scheduling.statistics.paired import Interval

LEVELS = {
    Verdict.BETTER: Level.PASS,
    Verdict.NOT_WORSE: Level.PASS,
    Verdict.WORSE: Level.FAIL,
    Verdict.CANNOT_TELL: Level.WARN,
    Verdict.NO_CHAMPION: Level.NOT_APPLICABLE,
    Verdict.IS_LIVE: Level.NOT_APPLICABLE,
}


@dataclass(frozen=True, kw_only=True)
class EvaluationMetrics(Check):
    """Metrics of both on the same rows, and the paired interval of the policy's primary metric.

    `alpha` is one-sided. `log_loss_floor` is the least probability a label is given.
    """

    id = "evaluation_metrics"
    alpha: Annotated[float, Meta(gt=0, lt=0.5)] = 0.05
    log_loss_floor: Annotated[float, Meta(gt=0, lt=0.5)] = 0.01

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the two as they are served."""
        from scheduling.statistics.metrics import classification_metrics, positions

        spec = evidence.spec
        if spec.task != "classification":
            return Outcome.error("Regression has no paired comparison yet: judge this model by hand.")
        y = positions(evidence.judged[spec.output_name].tolist(), spec.labels)
        measured: dict[str, Any] = {
            who: classification_metrics(y, answers, spec.labels, floor=self.log_loss_floor)
            for who, answers in evidence.answers_by_role.items()
        }
        verdict, message, interval = self._compare(evidence, y, measured)
        measured["gain"] = interval and {"low": interval.low, "high": interval.high}
        return Outcome(
            level=LEVELS[verdict],
            message=message,
            measured=measured,
            limit=self.limits | evidence.policy,
            details={"verdict": str(verdict), "rows": len(y)},
            verdict=verdict,
        )

    def _compare(
        self, evidence: Evidence, y: np.ndarray, measured: dict[str, Any]
    ) -> tuple[Verdict, str, Interval | None]:
        from scheduling.statistics.paired import MetricUndefined, verdict

        metric = evidence.policy["primary_metric"]
        value = measured["candidate"][metric]
        if evidence.champion is None:
            return Verdict.NO_CHAMPION, f"{metric} {value:.3f} on {len(y)} rows.", None
        if evidence.champion.pk == evidence.candidate.pk:
            return Verdict.IS_LIVE, f"It is live already, with {metric} {value:.3f}.", None
        try:
            interval = self._interval(evidence, y, metric)
        except MetricUndefined as error:
            return Verdict.CANNOT_TELL, f"{metric} cannot be compared: {error}.", None
        limits = {name: evidence.policy[name] for name in ("least_gain", "margin")}
        said = (
            f"{metric} {value:.3f} against {measured['champion'][metric]:.3f} on {len(y)} rows: "
            f"the gain lies between {interval.low:+.3f} and {interval.high:+.3f}"
        )
        found = verdict(interval, **limits)
        return found, f"{said}{_advice(found, interval, **limits)}.", interval

    def _interval(self, evidence: Evidence, y: np.ndarray, metric: str) -> Interval:
        from scheduling.statistics.metrics import positions
        from scheduling.statistics.paired import gain_interval, joint_counts

        labels = evidence.spec.labels
        answers = evidence.answers_by_role
        champion, candidate = (positions(answers[who].outputs, labels) for who in ("champion", "candidate"))
        counts = joint_counts(y, champion, candidate, len(labels))
        return gain_interval(counts, metric, self.alpha)


def _advice(found: Verdict, interval: Interval, *, least_gain: float, margin: float) -> str:
    """What a person can do about "can't tell": collect this many rows."""
    from scheduling.statistics.paired import rows_to_settle

    if found is not Verdict.CANNOT_TELL:
        return ""
    rows = rows_to_settle(interval, least_gain or margin)
    if rows is None:
        return "; set the policy's least gain worth having to learn how many rows would settle it"
    return f"; about {rows} labelled rows would settle it"
