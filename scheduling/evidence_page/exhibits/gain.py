"""The interval of the gain, beside everything that it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow
from scheduling.evidence_page.exhibits.svg import CANDIDATE, TEXT
from scheduling.statistics.metrics.table import METRICS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

CHECK = "evaluation_metrics"


class Gain(Exhibit):
    """Of the policy's primary metric."""

    id = "gain"
    title = "Gain over the champion"

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return both values, the interval and its alpha, and what was asked for."""
        outcome = outcomes.get(CHECK)
        if outcome is None:
            raise NothingToShow(f"The check {CHECK} was not asked.")
        found = outcome.measured
        if not found.get("gain"):
            raise NothingToShow(outcome.message)
        metric = METRICS[outcome.limit["primary_metric"]]
        old, new = (found[who][metric.name] for who in ("champion", "candidate"))
        (unit, units), *_ = found["units"].items()
        return {
            "metric": metric.name,
            "greater_is_better": metric.greater_is_better,
            "champion": old,
            "candidate": new,
            "gain": metric.sign * (new - old),
            **found["gain"],
            "alpha": found["look"]["alpha"],
            "look": found["look"]["number"],
            **found["asked"],
            "unit": unit,
            "units": units,
            "verdict": str(outcome.verdict),
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """All of it: values of a metric."""
        return figures

    def describe(self, figures: dict[str, Any]) -> str:
        """The numbers, and the verdict that they make."""
        f = figures
        return (
            f"{f['metric']}: the champion has {f['champion']:.4g}, the candidate {f['candidate']:.4g},"
            f" a gain of {f['gain']:+.3g} on {f['units']} {f['unit']}."
            f" The interval goes from {f['low']:+.3g} to {f['high']:+.3g} and covers"
            f" {1 - 2 * f['alpha']:.2%}: alpha is {f['alpha']:.2g} on each side at look {f['look']}."
            f" Asked for is a gain of {f['least_gain']:.3g}; the margin is {f['margin']:.3g}."
            f" Verdict: {f['verdict']}."
        )

    def draw(self, figures: dict[str, Any]) -> Figure:
        """A bar with its ends and the gain; a line for each thing it is held against."""
        from matplotlib.figure import Figure

        drawn = Figure(figsize=(7, 2.2))
        axes = drawn.subplots()
        low, high, gain = figures["low"], figures["high"], figures["gain"]
        axes.plot(
            [low, high], [0, 0], color=CANDIDATE, linewidth=3, marker="|", markersize=18, label="interval"
        )
        axes.plot([gain], [0], color=CANDIDATE, marker="D", linestyle="none", label="gain on these rows")
        for place, lines, label in _references(figures):
            axes.axvline(place, color=TEXT, linestyle=lines, linewidth=1.2, label=label)
        axes.set_ylim(-1, 1)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.08)
        axes.set_xlabel(f"gain in {figures['metric']}: to the right the candidate is better")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
        return drawn


def _references(figures: dict[str, Any]) -> list[tuple[float, str, str]]:
    lines = [(0.0, "-", "no difference")]
    if figures["least_gain"]:
        lines.append((figures["least_gain"], "--", f"least gain {figures['least_gain']:.3g}"))
    if figures["margin"]:
        lines.append((-figures["margin"], ":", f"margin {-figures['margin']:.3g}"))
    return lines
