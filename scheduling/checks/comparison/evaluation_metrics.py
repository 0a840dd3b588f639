"""Whether the candidate is better than the champion, as far as the evaluation rows can tell."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from msgspec import Meta

from predictions.contract.numbers import counted
from scheduling.checks.base import Check
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Level, Outcome
from scheduling.statistics.comparison.verdict import Verdict
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.metrics.table import METRICS, measure, metrics_of

LEVELS = {  # of others: not applicable
    Verdict.BETTER: Level.PASS,
    Verdict.NOT_WORSE: Level.PASS,
    Verdict.WORSE: Level.FAIL,
    Verdict.CANNOT_TELL: Level.WARN,
}


@dataclass(frozen=True, kw_only=True)
class EvaluationMetrics(Check):
    """Metrics of both versions on the same rows, and the paired interval of the policy's primary metric.

    `alpha` is one-sided, and all looks at one evaluation set share it.
    """

    id = "evaluation_metrics"
    title = "Is it better than the live version?"
    sets = ("evaluation",)
    alpha: Annotated[float, Meta(ge=1e-6, lt=0.5)] = 0.05

    def run(self, evidence: Evidence) -> Outcome:
        from scheduling.checks.comparison.champion_comparison import figure

        name, champion = evidence.policy.primary_metric, evidence.champion
        names = [metric.name for metric in metrics_of(evidence.spec.task)]
        names += ["precision_macro"] * bool(evidence.spec.labels)
        both = {who: measure(names, rows, evidence.options) for who, rows in evidence.scored.items()}
        values: dict[str, Any] = {who: of_each for who, (of_each, _) in both.items()}
        value, rows = values["candidate"].get(name), len(evidence.judged)
        found: dict[str, Any] = {"verdict": Verdict.NO_CHAMPION, "message": f"{name} could not be computed."}
        if value is not None:
            found["message"] = f"{name} is {figure(value)} on {counted(rows, 'row')}."
        measured: dict[str, Any] = {"gain": None, "look": None}
        if champion is not None and champion.pk == evidence.candidate.pk:
            found["verdict"] = Verdict.IS_LIVE
        elif champion is not None:
            found, more = self._compared(evidence, values)
            measured |= more
        if evidence.sums:
            by_all = self.decides_by_all_rows(evidence)
            all_rows, told = _on_all_rows(names, name, evidence)
            measured["all_rows"] = all_rows | {"interval": by_all}
            found["message"] += "" if by_all else told
        undefined = {who: why for who, (_, why) in both.items()}
        return Outcome(
            level=LEVELS.get(found["verdict"], Level.NOT_APPLICABLE),
            measured=values | measured | {"own_interval": _own(evidence, name), "unseen_share": 3 / rows},
            limit=self.limits | asdict(evidence.policy),
            details={"verdict": str(found["verdict"]), "rows": rows, "undefined": undefined},
            **found,
        )

    def _compared(self, evidence: Evidence, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is found of both versions, and what of that is measured; `values` are the sample's."""
        from scheduling.checks.comparison.champion_comparison import compare

        name = evidence.policy.primary_metric
        try:
            compared = compare(METRICS[name], evidence, self.alpha)
        except MetricUndefined as error:
            why = f"The two versions cannot be compared by {name}: {error}."
            return {"verdict": Verdict.CANNOT_TELL, "message": why}, {}
        if self.decides_by_all_rows(evidence):
            values = {who: evidence.measure_all([name], who)[0] for who in values}
        old_and_new = values["champion"][name], values["candidate"][name]
        found = {
            "verdict": compared.verdict,
            "message": compared.message(*old_and_new),
            "statistics": compared.statistics,
            "spent": compared.look if compared.counted else None,
        }
        return found, compared.measured | {"tolerated": compared.tolerates(*old_and_new)}

    def decides_by_all_rows(self, evidence: Evidence) -> bool:
        try:
            return evidence.basis_of_all is not None
        except MetricUndefined:
            return False


def _on_all_rows(names: list[str], primary: str, evidence: Evidence) -> tuple[dict[str, Any], str]:
    """Return the values of a large set's rows, of which the sample gave the interval, and a sentence."""
    from scheduling.checks.comparison.champion_comparison import figure, figures

    found: dict[str, Any] = {who: evidence.measure_all(names, who)[0] for who in evidence.sums}
    rows, value = evidence.sums["candidate"].rows, found["candidate"][primary]
    measured = found | {"rows": rows, "by_sample": evidence.by_sample(names)}
    if value is None:
        why = evidence.measure_all([primary], "candidate")[1][primary]
        return measured, f" On all {rows:,} rows {primary} has no value: {why}."
    if primary in measured["by_sample"]:
        return measured, ""
    told, old = figure(value), found.get("champion", {}).get(primary)
    if old is not None:
        was, told = figures(old, value)
        told += f" against {was}"
    return measured, f" On all {rows:,} rows {primary} is {told}."


def _own(evidence: Evidence, name: str) -> dict[str, list[float] | None]:
    """The 95 % interval of each version's value, drawn over time; None where it has none."""
    from scheduling.statistics.comparison.alone import value_interval

    found: dict[str, list[float] | None] = {}
    for who, rows in evidence.scored.items():
        try:
            interval = value_interval(
                METRICS[name], rows, options=evidence.options, groups=evidence.groups
            )  # fmt: skip
            found[who] = list(interval)
        except MetricUndefined:
            found[who] = None
    return found
