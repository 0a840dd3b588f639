"""Whether the candidate reaches the policy's minimum values, however good the champion is."""

from dataclasses import dataclass

from scheduling.checks.base import Check
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.statistics.metrics.table import METRICS, metrics_of


@dataclass(frozen=True, kw_only=True)
class AbsoluteFloors(Check):
    """The policy's minimum values on the evaluation rows; maximum values where less is better."""

    id = "absolute_floors"

    def run(self, evidence: Evidence) -> Outcome:
        floors = evidence.policy.floors
        names = [metric.name for metric in metrics_of(evidence.spec.task) if metric.name in floors]
        values, undefined = evidence.measure_all(names, "candidate")
        sums = evidence.sums.get("candidate")
        measured = {name: values.get(name) for name in floors}
        measured |= {"rows": sums.rows if sums else len(evidence.judged)}
        if not floors:
            why = "The policy does not set minimum values."
            return Outcome(level=Level.NOT_APPLICABLE, message=why, measured=measured, limit={"floors": {}})
        problems, kept = [], []
        if few := evidence.by_sample(names):
            kept.append(f"{', '.join(few)}: {evidence.sample_of(['evaluation'])[0]}")
        for name, limit in floors.items():
            value = values.get(name)
            if value is None:
                why = undefined.get(name, f"the model does {evidence.spec.task}")
                problems.append(f"{name} has no value: {why}.")
                continue
            greater = METRICS[name].greater_is_better
            allowed = f"{'at least' if greater else 'at most'} {limit:g}"
            if value >= limit if greater else value <= limit:
                kept.append(f"{name} is {value:.4g} (required: {allowed}).")
            else:
                problems.append(f"{name} is {value:.4g}, but must be {allowed}.")
        return Outcome.judged(problems, passed=" ".join(kept), measured=measured, limit={"floors": floors})
