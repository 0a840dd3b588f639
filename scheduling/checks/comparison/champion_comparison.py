"""Candidate against champion: the interval of the gain, the verdict, and the sentences about them."""

from dataclasses import asdict, dataclass
from typing import Any

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Spent
from scheduling.statistics.comparison.basis import Basis, OfPair
from scheduling.statistics.comparison.dependence import Dependence
from scheduling.statistics.comparison.interval import Interval, percent_sure
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.comparison.verdict import (
    WORN,
    Verdict,
    alpha_at,
    margin_factor,
    units_to_settle,
    verdict,
)
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.metrics.table import METRICS, Metric, require_probabilities

USED_TOO_OFTEN = "This evaluation set has been used too often; add newly labelled rows."


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The interval of the gain, compared with what the policy demands."""

    basis: Basis
    least_gain: float  # what the policy demands, in the metric's own units, as the next two
    margin: float
    threshold: float  # where the low end of the interval is above it, the gain is shown to be enough
    interval: Interval
    look: Spent
    counted: bool  # it could have promoted: the look is spent

    @property
    def dependence(self) -> Dependence | None:
        return self.basis.dependence

    @property
    def verdict(self) -> Verdict:
        return verdict(self.interval, least_gain=self.least_gain, margin=self.margin)

    @property
    def units_to_settle(self) -> int | None:
        """How many rows, or groups, would show the gain or margin of the policy, or else the gain found here.

        None where all are 0.
        """
        found = abs(self.interval.low + self.interval.high) / 2
        return units_to_settle(self.interval, self.least_gain or self.margin or found)

    @property
    def measured(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "gain": {"low": self.interval.low, "high": self.interval.high},
            "asked": {name: getattr(self, name) for name in ("least_gain", "margin", "threshold")},
            "look": asdict(self.look) | {"counted": self.counted},
            "units": {self.basis.unit: self.basis.units},
            "dependence": self.dependence
            and {name: getattr(self.dependence, name) for name in ("by", "count", "effect", "worth")},
            "units_to_settle": self.units_to_settle,
        }
        if moved := self.basis.mcnemar():
            found["mcnemar"] = dict(zip(("fixed", "broken", "p"), moved, strict=True))
        return found

    def tolerates(self, old: float, new: float) -> bool:
        """Whether the measured loss is within the margin, on rows that nobody has looked at before."""
        return self.look.number == 1 and METRICS[self.look.metric].sign * (new - old) > -self.margin

    def message(self, old: float, new: float) -> str:
        """Tell how the metric moved, or how many rows would show more, and when the set is worn out."""
        on = f"on {counted(self.basis.rows, 'row')}"
        if self.dependence:
            by, worth = self.dependence.by, self.dependence.worth
            groups = counted(self.dependence.count, "group")
            on += f", which count as {worth:,} because the rows of each {by} are alike ({groups})"
        metric, (was, now) = self.look.metric, figures(old, new)
        moved = "stayed at" if was == now else f"{'rose' if new > old else 'fell'} from {was} to"
        said = f"{metric} {moved} {now} {on}."
        if self.verdict is Verdict.CANNOT_TELL:
            advice = "add labelled rows"
            if self.units_to_settle is not None:
                digits = round(self.units_to_settle, 2 - len(str(self.units_to_settle)))
                advice = f"about {digits:,} labelled rows would settle it"
                if self.dependence:
                    advice = (
                        f"labelled rows of about {digits:,} groups by {self.dependence.by} would settle it"
                    )
            said = f"{metric} is {now} against {was} {on}; {advice}."
        return f"{said} {USED_TOO_OFTEN}" if self.look.margin_factor >= WORN else said

    @property
    def statistics(self) -> str:
        """Tell significance level and use of the evaluation set, and what these rows cannot show."""
        rows = self.dependence.worth if self.dependence else self.basis.rows
        look = self.look
        use, wider = "First use", ""
        if look.number > 1:
            use = f"Use number {look.number}"
            wider = f"; the interval is {look.margin_factor:.2f} times as wide as at the first use"
        parts = [
            f"{self._gain.capitalize()}.",
            f"{use} of this evaluation set (significance level {look.alpha:.2g}{wider}).",
        ]
        if not self.counted:
            parts.append("It is not counted: the versions differ in too few rows for a promotion.")
        parts.append(
            f"Errors rarer than about 1 in {rows / 3:.0f} would not show up in {counted(rows, 'row')}."
        )
        return " ".join(parts)

    @property
    def _gain(self) -> str:
        """Each end is a one-sided bound at alpha: both together are less sure, so it is told of each."""
        sure = percent_sure(self.interval.alpha)
        low, high = shorter(self.interval.low), shorter(self.interval.high)
        return f"true gain between {low} and {high}, {sure:g} % sure of each limit"


def compare(metric: Metric, evidence: Evidence, alpha: float) -> Comparison:
    """Compare at the alpha of the next look. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    if metric.task != evidence.spec.task:
        raise MetricUndefined(f"it is a metric of {metric.task}, and the model does {evidence.spec.task}")
    require_probabilities(metric, evidence.scored)
    basis = basis_of(metric, evidence)
    number = evidence.looks + 1
    worn = margin_factor(number, alpha)
    look = Spent(number=number, alpha=alpha_at(number, alpha), margin_factor=worn, metric=metric.name)
    policy, value = evidence.policy, 1.0
    if policy.relative:  # least gain and margin are shares of the champion's value without its sign
        value = value_of_champion(metric, evidence)
        if not value:
            why = "the policy asks for a share of the live version's value, and that value is 0"
            raise MetricUndefined(why)
    least_gain, margin = policy.amounts(value)
    lowest = policy.threshold(least_gain, margin)
    interval = basis.interval(look.alpha)
    # Whatever could_exceed says of one that does.
    counted = interval.low > lowest or policy.promote_when == "unless_worse"
    counted = counted or basis.could_exceed(lowest, look.alpha)
    demands = {"least_gain": least_gain, "margin": margin, "threshold": lowest}
    return Comparison(
        basis=basis,
        interval=interval,
        look=look,
        counted=counted,
        **demands,
    )


def basis_of(metric: Metric, evidence: Evidence) -> Basis:
    """Return all rows of a large set, where the metric has sums; else the judged rows."""
    if evidence.basis_of_all:
        return evidence.basis_of_all
    pair = Pair.of(evidence.scored, evidence.groups)
    return OfPair(metric=metric, options=evidence.options, pair=pair, dependence=evidence.dependence)


def value_of_champion(metric: Metric, evidence: Evidence) -> float:
    """Return it, on the rows that the interval is of. Raises `MetricUndefined`."""
    if not evidence.basis_of_all:
        return metric.value(evidence.scored["champion"], evidence.options)
    values, why = evidence.measure_all([metric.name], "champion")
    value = values[metric.name]
    if value is None:
        raise MetricUndefined(why[metric.name])
    return value


def figure(value: float, decimals: int = 3) -> str:
    """Return a value of a metric with three decimals; a large one with five digits."""
    return f"{value:.{decimals}f}" if abs(value) < 100 else f"{value:,.5g}"


def figures(old: float, new: float) -> tuple[str, str]:
    """Return both with as many decimals, up to six, as it takes to tell them apart."""
    pairs = [(figure(old, decimals), figure(new, decimals)) for decimals in (3, 4, 5, 6)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def shorter(value: float) -> str:
    """Return an end of an interval with two decimals; a small one with two digits."""
    return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}" if abs(value) < 100 else f"{value:,.5g}"
