"""How the candidate does on parts of the rows: those that people named, and the worst that were found."""

from typing import Any

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION, TEXT, add_legend, panel, shortened

CHECK = "slices"
MOST_SLICES = 20
LONGEST = 44
SHOWN = (
    "name",
    "features",
    "condition",
    "share",
    "rows",
    "gain",
    "champion",
    "candidate",
    "low",
    "high",
    "worse",
)


class Slices(Exhibit):
    """The gain of each slice, the smallest first."""

    id = "slices"
    title = "Slices"

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return the slices that the check stored, and the metric they are measured by."""
        outcome = outcomes.get(CHECK)
        if outcome is None:
            raise NothingToShow(f"The check {CHECK} did not run.")
        kept = [*outcome.details.get("named", []), *outcome.details.get("found", [])]
        judged = sorted((one for one in kept if one["gain"] is not None), key=lambda one: one["gain"])
        if not judged:
            raise NothingToShow(outcome.message)
        return {
            "by": outcome.measured.get("by", ""),
            "looked_at": outcome.measured.get("looked_at", 0) + outcome.measured.get("named", 0),
            "slices": [{key: one[key] for key in SHOWN} for one in judged[:MOST_SLICES]],
            "left_out": max(0, len(judged) - MOST_SLICES),
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """Without the conditions, whose edges may be values of rows."""
        slices = [{key: one[key] for key in SHOWN if key != "condition"} for one in figures["slices"]]
        return figures | {"slices": slices}

    def describe(self, figures: dict[str, Any]) -> str:
        slices = figures["slices"]
        worst, worse = slices[0], sum(one["worse"] for one in slices)
        judged = sum(one["high"] is not None for one in slices)
        return (
            f"A slice is a part of the rows. Slices looked at: {figures['looked_at']}; shown here, because"
            f" they looked worst or were named: {len(slices)}; of these large enough to judge: {judged}. The"
            f" candidate is worse than the live version on {worse} of them. The smallest gain is"
            f" {worst['gain']:+.3g}, on {counted(worst['rows'], 'row')}: {_name(worst)}."
        )

    def draw(self, figures: dict[str, Any]) -> Any:
        """A dot for each slice; a cross where the candidate is worse."""
        slices = figures["slices"][::-1]
        drawn, axes = panel(7, 1.3 + 0.27 * len(slices))
        for worse, colour, marker, label in (
            (False, CANDIDATE, "o", "not shown to be worse"),
            (True, CHAMPION, "X", "worse"),
        ):
            chosen = [i for i, one in enumerate(slices) if bool(one["worse"]) is worse]
            axes.plot([slices[i]["gain"] for i in chosen], chosen, color=colour, marker=marker,
                      markersize=7, linestyle="none", label=label)  # fmt: skip
        axes.axvline(0, color=TEXT, linewidth=1)
        labels = [f"{shortened(_name(one), LONGEST)} ({one['rows']})" for one in slices]
        axes.set_yticks(range(len(slices)), labels, fontsize=8)
        axes.set_xlabel("mean gain of the slice's rows: to the right the candidate is better")
        axes.grid(True, axis="x")
        add_legend(axes, columns=2)
        return drawn


def _name(one: dict[str, Any]) -> str:
    """Its name or condition; for readers who do not see the condition, its features."""
    return one["name"] or one.get("condition") or f"a part by {' and '.join(one['features'])}"
