"""How the candidate does on parts of the rows: those that people named, and the worst that were found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION, TEXT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

CHECK = "slices"
MOST_SLICES = 20
LONGEST = 44
SHOWN = ("name", "features", "condition", "share", "rows", "gain", "champion", "candidate", "p", "worse")


class Slices(Exhibit):
    """The gain of each slice; the smallest first."""

    id = "slices"
    title = "Slices"

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return the slices that the check kept, and the metric they are measured by."""
        outcome = outcomes.get(CHECK)
        if outcome is None:
            raise NothingToShow("No check of slices was asked.")
        kept = [*outcome.details.get("named", []), *outcome.details.get("found", [])]
        judged = sorted((one for one in kept if one["gain"] is not None), key=lambda one: one["gain"])
        if not judged:
            raise NothingToShow(outcome.message)
        return {
            "by": outcome.measured.get("by", ""),
            "slices": [{key: one[key] for key in SHOWN} for one in judged[:MOST_SLICES]],
            "left_out": max(0, len(judged) - MOST_SLICES),
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """Without the conditions, whose edges may be values of rows."""
        slices = [{key: one[key] for key in SHOWN if key != "condition"} for one in figures["slices"]]
        return figures | {"slices": slices}

    def describe(self, figures: dict[str, Any]) -> str:
        """The worst, and how many are worse than chance explains."""
        worst, worse = figures["slices"][0], sum(one["worse"] for one in figures["slices"])
        return (
            f"{len(figures['slices'])} slices. The worst is {_called(worst)}: gain"
            f" {worst['gain']:+.3g} on {worst['rows']} rows. Significantly worse: {worse}."
        )

    def draw(self, figures: dict[str, Any]) -> Figure:
        """A dot for each slice; a cross where it is significantly worse."""
        from matplotlib.figure import Figure

        slices = figures["slices"][::-1]
        drawn = Figure(figsize=(7, 1.3 + 0.27 * len(slices)))
        axes = drawn.subplots()
        for worse, colour, marker, label in (
            (False, CANDIDATE, "o", "not shown to be worse"),
            (True, CHAMPION, "X", "significantly worse"),
        ):
            chosen = [(one["gain"], i) for i, one in enumerate(slices) if bool(one["worse"]) is worse]
            axes.plot([gain for gain, _ in chosen], [i for _, i in chosen], color=colour, marker=marker,
                      markersize=7, linestyle="none", label=label)  # fmt: skip
        axes.axvline(0, color=TEXT, linewidth=1)
        axes.set_yticks(range(len(slices)), [_label(one) for one in slices], fontsize=8)
        axes.set_xlabel("mean gain of the slice's rows: to the right the candidate is better")
        axes.grid(True, axis="x")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
        return drawn


def _called(one: dict[str, Any]) -> str:
    """Its name or condition; where that is not told, what it is about."""
    return one["name"] or one.get("condition") or f"a part by {' and '.join(one['features'])}"


def _label(one: dict[str, Any]) -> str:
    said = _called(one)
    return f"{said if len(said) <= LONGEST else said[: LONGEST - 1] + '…'} ({one['rows']})"
