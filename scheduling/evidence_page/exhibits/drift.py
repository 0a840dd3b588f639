"""The two distributions of each column that a drift check looked at."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from predictions.contract.moments import Moment
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION, shortened

MOST_COLUMNS = 12  # in the picture; the outcomes name all
ACROSS = 3
LONGEST = 22


class Drift(Exhibit):
    """Every `distribution` that outcomes store, the largest change first."""

    id = "drift"
    title = "Drift"

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        found = [column for check, outcome in outcomes.items() for column in _columns(check, outcome)]
        redacted = sorted(evidence.redacted)
        if not found:
            why = f" Redacted: {', '.join(redacted)}." if redacted else ""
            raise NothingToShow(f"No check stored two distributions that may be shown.{why}")
        found.sort(key=lambda column: -(column["distance"] or 0))
        left_out = max(0, len(found) - MOST_COLUMNS)
        return {"columns": found[:MOST_COLUMNS], "left_out": left_out, "redacted": redacted}

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """How far each column has moved, without the values."""
        columns = [{key: column[key] for key in ("name", "distance", "p")} for column in figures["columns"]]
        return figures | {"columns": columns}

    def describe(self, figures: dict[str, Any]) -> str:
        first, *others = [(one["name"], f"{one['distance'] or 0:.1%}") for one in figures["columns"]]
        most = f"The recent rows differ most from the reference rows in {first[0]}"
        sentences = [f"{most}: the largest change of a share is {first[1]}."]
        if others:
            sentences.append(f"The others change less: {', '.join(' '.join(one) for one in others)}.")
        if figures["left_out"]:
            sentences.append(f"Columns that change even less and are not drawn: {figures['left_out']}.")
        if figures["redacted"]:
            sentences.append(f"Redacted: {', '.join(figures['redacted'])}.")
        return " ".join(sentences)

    def draw(self, figures: dict[str, Any]) -> Any:
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
    """Those of one check, which stores a list of columns, or one distribution of its own."""
    details = outcome.details
    own = {**outcome.measured, "name": check.replace("_", " "), "distribution": details.get("distribution")}
    for one in [own, *details.get("columns", [])]:
        distribution = one.get("distribution") if isinstance(one, dict) else None
        if isinstance(distribution, dict) and distribution.get("reference"):
            kept = {"name": one["name"], "distance": one.get("distance"), "p": one.get("p")}
            yield kept | distribution


def _draw_column(axes: Axes, column: dict[str, Any]) -> None:
    numbers = column["kind"] in ("numbers", "times")
    if numbers:
        edges = column["edges"]
        middles = [(low + high) / 2 for low, high in pairwise(edges)]
        width = edges[1] - edges[0]
    else:
        middles, width = list(range(len(column["names"]))), 0.9
        axes.set_xticks(middles, [shortened(name, 10) for name in column["names"]],
                        rotation=90 if len(middles) > 4 else 0, fontsize=8)  # fmt: skip
    if column["kind"] == "times":
        shown = [middles[0], middles[-1]]
        axes.set_xticks(shown, [str(Moment(seconds))[:10] for seconds in shown], fontsize=8)
    axes.bar(middles, column["reference"], width, facecolor="none", edgecolor=CHAMPION, hatch="///",
             linewidth=0.8, label="reference")  # fmt: skip
    axes.plot(middles, column["recent"], color=CANDIDATE, marker="o", markersize=4, label="recent",
              linestyle="-" if numbers else "none")  # fmt: skip
    axes.set_title(f"{shortened(column['name'], LONGEST)}: {column['distance'] or 0:.0%}", fontsize=10)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="both" if column["kind"] == "numbers" else "y", nbins=4)  # each label costs time
