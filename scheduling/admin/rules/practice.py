"""What margin and least gain of a policy mean on the rows of the last comparison."""

from predictions.contract.numbers import counted
from predictions.models.promotion import live_version
from predictions.zone import to_minute
from scheduling.models import CheckResult, GatePolicy
from scheduling.statistics.metrics.table import METRICS, Family


def said_in_practice(policy: GatePolicy, compared: CheckResult) -> str:
    """Tell the asked size in the metric's units, and what the evaluation rows of this comparison can show.

    A size that no two values can differ by means nothing on any rows.
    """
    metric, rows = METRICS[policy.primary_metric], compared.details["rows"]
    who, whose = _known(compared)
    value, size = compared.measured[who][metric.name], policy.margin or policy.least_gain
    said = f"{whose} {metric.name} was {value:.3g} on {counted(rows, 'evaluation row')}"
    size *= abs(value) if policy.relative else 1.0
    low, high = metric.bounds
    if size > high - low:
        return f"{said}."
    if metric.family is Family.LABELS:
        about = f"about {counted(round(size * rows), 'row')}" if size * rows >= 1 else "less than one row"
        said += f", where {size:.3g} is {about}"
    return f"{said}. {_shown(compared.measured['gain'], size)}"


def _known(compared: CheckResult) -> tuple[str, str]:
    """Return who of the two compared is live, and in words whose value it is; else who was live then."""
    run = compared.run
    live = live_version(run.registered_model)
    for who in ("candidate", "champion"):
        if live and getattr(run, f"{who}_id") == live.pk:
            return who, "The live version's"
    label = f"version {run.champion.label}" if run.champion else "the version before"
    return "champion", f"When {label} was live (run {run.pk}, {to_minute(run.created_at)}), its"


def _shown(gain: dict[str, float], size: float) -> str:
    sure = (gain["high"] - gain["low"]) / 2
    verdict = "more rows are needed to show" if sure >= size else "these rows can show"
    return f"The gain was known to ± {sure:.2g}: {verdict} a difference of {size:.3g}."
