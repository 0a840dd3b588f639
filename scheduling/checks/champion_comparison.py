"""Candidate against champion: the interval at this look's alpha, the verdict, and advice for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Spent
from scheduling.statistics.comparison.gain import could_exceed, gain_interval
from scheduling.statistics.comparison.interval import Interval
from scheduling.statistics.comparison.mcnemar import mcnemar
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.comparison.verdict import Verdict, units_to_settle, verdict
from scheduling.statistics.comparison.wear import WORN, alpha_at, margin_factor
from scheduling.statistics.metrics.table import Metric
from scheduling.statistics.metrics.undefined import MetricUndefined

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """How much is asked for, in the metric's own units."""

    least_gain: float
    margin: float
    threshold: float  # above which the low end flips


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The interval of the gain, held against what the policy asks."""

    pair: Pair
    asked: Thresholds
    interval: Interval
    look: Spent
    counted: bool  # it could have flipped: the look is spent

    @property
    def verdict(self) -> Verdict:
        return verdict(self.interval, least_gain=self.asked.least_gain, margin=self.asked.margin)

    @property
    def spent(self) -> Spent | None:
        return self.look if self.counted else None

    @property
    def units_to_settle(self) -> int | None:
        """How many rows, or groups, would show what is asked for; None where nothing is."""
        return units_to_settle(self.interval, self.asked.least_gain or self.asked.margin)

    @property
    def measured(self) -> dict[str, Any]:
        look = asdict(self.look) | {"counted": self.counted}
        found: dict[str, Any] = {
            "gain": {"low": self.interval.low, "high": self.interval.high},
            "asked": asdict(self.asked),
            "look": look,
            "units": {self.pair.unit: self.pair.units},
            "units_to_settle": self.units_to_settle,
        }
        if self.pair.candidate.labels and self.pair.groups is None:
            rows = self.pair.candidate
            fixed, broken, p = mcnemar(rows.y, self.pair.champion.predicted, rows.predicted)
            found["mcnemar"] = {"fixed": fixed, "broken": broken, "p": p}
        return found

    @property
    def sentence(self) -> str:
        """For people: the interval, what to do about "can't tell", and what these rows cannot show."""
        units, unit = self.pair.units, self.pair.unit
        said = (
            f"on {units} {unit} the gain lies between {self.interval.low:+.3g} and {self.interval.high:+.3g}"
        )
        if self.verdict is Verdict.CANNOT_TELL:
            said += f"; {self._advice}"
        return f"{said}. {self._wear} Nothing rarer than 3 in {units} {unit} can be seen."

    @property
    def _advice(self) -> str:
        if self.units_to_settle is None:
            return "set the policy's least gain worth having to learn how many rows would settle it"
        return f"about {self.units_to_settle} labelled {self.pair.unit} would settle it"

    @property
    def _wear(self) -> str:
        if not self.counted:
            return "Not counted as a look: it differs in too few rows to be better."
        said = f"Look {self.look.number} at these rows, alpha {self.look.alpha:.2g}"
        said += f", margin × {self.look.margin_factor:.2f}."
        return f"{said} They are worn: bring fresh labels." if self.look.margin_factor >= WORN else said


def compare(metric: Metric, evidence: Evidence, alpha: float) -> Comparison:
    """Compare at the alpha of the next look. Raises `MetricUndefined` with the reason."""
    if evidence.not_comparable:
        raise MetricUndefined(evidence.not_comparable)
    if metric.task != evidence.spec.task:
        raise MetricUndefined(f"it is a metric of {metric.task}, and this is a {evidence.spec.task}")
    pair = Pair(groups=evidence.groups, **evidence.scored)
    look = Spent(
        number=evidence.looks + 1,
        alpha=alpha_at(evidence.looks + 1, alpha),
        margin_factor=margin_factor(evidence.looks + 1, alpha),
        metric=metric.name,
    )
    asked = _asked(metric, evidence)
    interval = gain_interval(metric, pair, options=evidence.options, alpha=look.alpha)
    counted = interval.low > asked.threshold  # whatever could_exceed says of one that does
    counted = counted or could_exceed(metric, pair, asked.threshold, alpha=look.alpha)
    return Comparison(pair=pair, asked=asked, interval=interval, look=look, counted=counted)


def _asked(metric: Metric, evidence: Evidence) -> Thresholds:
    """Least gain and margin; as shares they are of the champion's value without its sign."""
    policy, scale = evidence.policy, 1.0
    if policy.relative:
        scale = abs(metric.value(evidence.scored["champion"], evidence.options))
        if not scale:
            raise MetricUndefined("the champion's value is 0, of which no share can be asked")
    least_gain, margin = policy.least_gain * scale, policy.margin * scale
    lowest = min(least_gain, -margin) if policy.promote_when == "not_worse" else least_gain
    return Thresholds(least_gain=least_gain, margin=margin, threshold=lowest)
