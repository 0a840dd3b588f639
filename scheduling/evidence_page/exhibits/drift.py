"""The two distributions of each column that a check of drift looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

MOST_COLUMNS = 12  # in the picture; the outcomes name all
ACROSS = 3
LONGEST = 22


class Drift(Exhibit):
    """Whatever outcomes keep a `distribution` of, the largest change first."""

    id = "drift"
    title = "Drift"

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return the columns with the largest distance, each with both distributions."""
        found = [column for check, outcome in outcomes.items() for column in _columns(check, outcome)]
        redacted = sorted(evidence.redacted)
        if not found:
            why = f" Redacted: {', '.join(redacted)}." if redacted else ""
            raise NothingToShow(f"No check kept two distributions that may be shown.{why}")
        found.sort(key=lambda column: -(column["distance"] or 0))
        left_out = max(0, len(found) - MOST_COLUMNS)
        return {"columns": found[:MOST_COLUMNS], "left_out": left_out, "redacted": redacted}

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """How far each has moved, and not over which values."""
        columns = [{key: column[key] for key in ("name", "distance", "p")} for column in figures["columns"]]
        return figures | {"columns": columns}

    def describe(self, figures: dict[str, Any]) -> str:
        """The largest change of a share in each."""
        said = [f"{column['name']} {column['distance'] or 0:.3f}" for column in figures["columns"]]
        rest = f" Not drawn: {figures['left_out']} with smaller ones." if figures["left_out"] else ""
        if figures["redacted"]:
            rest += f" Redacted: {', '.join(figures['redacted'])}."
        return f"The largest change of a share in each column: {', '.join(said)}.{rest}"

    def draw(self, figures: dict[str, Any]) -> Figure | None:
        """A panel each: the reference hatched, the recent rows as a line with dots."""
        from matplotlib.figure import Figure

        columns = figures["columns"]
        if "reference" not in columns[0]:
            return None
        across = min(ACROSS, len(columns))
        down = -(-len(columns) // across)
        drawn = Figure(figsize=(3.2 * across, 2.6 * down + 0.3), layout="constrained")
        panels = drawn.subplots(down, across, squeeze=False).ravel()
        for axes, column in zip(panels, columns, strict=False):
            _draw_column(axes, column)
        for axes in panels[len(columns) :]:
            axes.set_visible(False)
        handles, labels = panels[0].get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside upper center", ncols=2)
        return drawn


def _columns(check: str, outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Those of one check: it keeps a list of columns, or one distribution of its own."""
    details = outcome.details
    if _is_drawable(details.get("distribution")):
        yield _column(check.replace("_", " "), outcome.measured, details["distribution"])
    for one in details.get("columns", []):
        if isinstance(one, dict) and _is_drawable(one.get("distribution")):
            yield _column(one["name"], one, one["distribution"])


def _column(name: str, found: dict[str, Any], distribution: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "distance": found.get("distance"), "p": found.get("p"), **distribution}


def _is_drawable(distribution: Any) -> bool:
    return isinstance(distribution, dict) and bool(distribution.get("reference"))


def _draw_column(axes: Axes, column: dict[str, Any]) -> None:
    if column["kind"] == "numbers":
        edges = column["edges"]
        middles = [(low + high) / 2 for low, high in pairwise(edges)]
        width = edges[1] - edges[0]
    else:
        middles, width = list(range(len(column["names"]))), 0.9
        axes.set_xticks(middles, [_short(name, 10) for name in column["names"]],
                        rotation=90 if len(middles) > 4 else 0, fontsize=8)  # fmt: skip
    axes.bar(middles, column["reference"], width, facecolor="none", edgecolor=CHAMPION, hatch="///",
             linewidth=0.8, label="reference")  # fmt: skip
    axes.plot(middles, column["recent"], color=CANDIDATE, marker="o", markersize=4, label="recent",
              linestyle="-" if column["kind"] == "numbers" else "none")  # fmt: skip
    axes.set_title(f"{_short(column['name'], LONGEST)}, D {column['distance'] or 0:.2f}", fontsize=10)
    axes.set_ylim(bottom=0)


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
