"""Whether the candidate is better than the champion, as far as the evaluation rows can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.statistics.metrics.table import METRICS, measure, metrics_of
from scheduling.statistics.metrics.undefined import MetricUndefined

if TYPE_CHECKING:
    from scheduling.checks.champion_comparison import Comparison
    from scheduling.evidence.evidence import Evidence

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

    `alpha` is one-sided, and is spent over all looks at one evaluation set.
    """

    id = "evaluation_metrics"
    alpha: Annotated[float, Meta(ge=1e-6, lt=0.5)] = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the two as they are served."""
        measured, undefined = _measure(evidence)
        verdict, message, compared = self._compare(evidence, measured)
        found = compared.measured if compared else {}
        rows = len(evidence.judged)
        return Outcome(
            level=LEVELS[verdict],
            message=message,
            measured=measured | {"gain": None, "look": None} | found | {"unseen_share": 3 / rows},
            limit=self.limits | evidence.policy.as_limits(),
            details={"verdict": str(verdict), "rows": rows, "undefined": undefined},
            verdict=verdict,
            spent=compared.spent if compared else None,
        )

    def _compare(
        self, evidence: Evidence, measured: dict[str, Any]
    ) -> tuple[Verdict, str, Comparison | None]:
        from scheduling.checks.champion_comparison import compare

        name = evidence.policy.primary_metric
        value = _shown(measured["candidate"].get(name))
        if evidence.champion is None:
            return Verdict.NO_CHAMPION, f"{name} {value} on {len(evidence.judged)} rows.", None
        if evidence.champion.pk == evidence.candidate.pk:
            return Verdict.IS_LIVE, f"It is live already, with {name} {value}.", None
        try:
            compared = compare(METRICS[name], evidence, self.alpha)
        except MetricUndefined as error:
            return Verdict.CANNOT_TELL, f"{name} cannot be compared: {error}.", None
        against = _shown(measured["champion"][name])
        return compared.verdict, f"{name} {value} against {against}: {compared.sentence}", compared


def _measure(evidence: Evidence) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Return every metric of both, and why some have no value."""
    names = [metric.name for metric in metrics_of(evidence.spec.task)]
    names += ["precision_macro"] * bool(evidence.spec.labels)
    measured, undefined = {}, {}
    for who, rows in evidence.scored.items():
        measured[who], undefined[who] = measure(names, rows, evidence.options)
    return measured, undefined


def _shown(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}" if abs(value) < 100 else f"{value:.5g}"
