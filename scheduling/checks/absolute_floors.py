"""Whether the candidate is good enough at all, whatever the champion is like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.checks.base import Check
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.statistics.metrics.table import METRICS, measure, metrics_of

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class AbsoluteFloors(Check):
    """The policy's floors: values of the candidate on the evaluation rows, a first version's too."""

    id = "absolute_floors"

    def run(self, evidence: Evidence) -> Outcome:
        """Compare each value with its floor, or with its ceiling where less is better."""
        floors = evidence.policy.floors
        names = [metric.name for metric in metrics_of(evidence.spec.task) if metric.name in floors]
        values, undefined = measure(names, evidence.scored["candidate"], evidence.options)
        measured = {name: values.get(name) for name in floors} | {"rows": len(evidence.judged)}
        limit = {"floors": floors}
        if not floors:
            why = "The policy sets no floors."
            return Outcome(level=Level.NOT_APPLICABLE, message=why, measured=measured, limit=limit)
        answers = [_judge(name, values.get(name), floors[name], undefined) for name in floors]
        return Outcome.judged(
            [said for kept, said in answers if not kept],
            passed="; ".join(said for _, said in answers),
            measured=measured,
            limit=limit,
        )


def _judge(name: str, value: float | None, limit: float, undefined: dict[str, str]) -> tuple[bool, str]:
    """Return whether a floor holds, and a sentence. What has no value does not hold."""
    if value is None:
        return False, f"{name} has no value: {undefined.get(name, 'it is no metric of this signature')}"
    if METRICS[name].greater_is_better:
        kept, word = value >= limit, "at least" if value >= limit else "under"
    else:
        kept, word = value <= limit, "at most" if value <= limit else "over"
    return kept, f"{name} {value:.4g} is {word} {limit:g}"
