"""What a search tried: the best so far by trial, and each parameter against the score."""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate
from statistics import fmean
from typing import Any

from matplotlib.figure import Figure

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page.exhibits.base import Exhibit, Outcomes
from scheduling.evidence_page.exhibits.svg import CANDIDATE, CHAMPION, TEXT, add_legend, panel, shortened
from scheduling.models import Run, Trial
from scheduling.statistics.metrics.table import METRICS

MOST = 1000  # trials that are drawn
MOST_PARAMETERS = 6
MOST_LABELS = 8
LONGEST = 12


def of_search(run: Run) -> tuple[Exhibit, ...]:
    """Return what shows the search of this run; nothing for a run without one."""
    trials = list(Trial.objects.filter(run=run)[:MOST])
    scored = any(trial.mean is not None for trial in trials)
    return (SearchProgress(trials), SearchParameters(trials)) if scored else ()


class _OfTrials(Exhibit):
    everything_is_public = True

    def __init__(self, trials: list[Trial]) -> None:
        self._trials = trials
        self._metric = METRICS[trials[0].metric]
        self._scored = [trial for trial in trials if trial.mean is not None]


class SearchProgress(_OfTrials):
    """The mean score of each trial, and the best so far of those on all rows."""

    id = "search_progress"
    title = "Search: best so far"

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return numbers and means of the trials by their state, and the best so far by number."""
        best = max if self._metric.greater_is_better else min
        complete = [trial for trial in self._scored if trial.state == Trial.State.COMPLETE]
        return {
            "metric": self._metric.name,
            "greater_is_better": self._metric.greater_is_better,
            "complete": [(trial.number, trial.mean) for trial in complete],
            "part": [(one.number, one.mean) for one in self._scored if one.state == Trial.State.PART],
            "failed": [trial.number for trial in self._trials if trial.mean is None],
            "best": list(accumulate((float(one.mean or 0.0) for one in complete), best)),
        }

    def describe(self, figures: dict[str, Any]) -> str:
        n = sum(len(figures[name]) for name in ("complete", "part", "failed"))
        ended = f"Of {counted(n, 'trial')} {len(figures['complete'])} were scored on all training rows"
        ended += f", {len(figures['part'])} on a part of them, and {len(figures['failed'])} failed."
        if not figures["best"]:
            return ended
        best = figures["best"][-1]
        number = next(number for number, mean in figures["complete"] if mean == best)
        return f"{ended} Trial {number} is the best: its mean {figures['metric']} is {best:.4g}."

    def draw(self, figures: dict[str, Any]) -> Any:
        drawn, axes = panel(6, 3.2)
        numbers = [number for number, _ in figures["complete"]]
        axes.step(numbers, figures["best"], where="post", color=CANDIDATE, label="best so far")
        for name, face in (("complete", CANDIDATE), ("part", "none")):
            if figures[name]:
                axes.plot(*zip(*figures[name], strict=True), "o", color=CANDIDATE, markerfacecolor=face,
                          markersize=4, label=f"trial, {Trial.State(name).label}")  # fmt: skip
        if figures["failed"]:
            bottom = [axes.get_ylim()[0]] * len(figures["failed"])
            axes.plot(figures["failed"], bottom, "x", color=CHAMPION, label="failed", clip_on=False)
        axes.set(xlabel="trial", ylabel=f"mean {figures['metric']}")
        axes.grid(True)
        add_legend(axes, columns=2)
        return drawn


class SearchParameters(_OfTrials):
    """The scores by value of each parameter; the one whose values differ most comes first."""

    id = "search_parameters"
    title = "Search: parameters and scores"

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return for each parameter its values as text, in order, with the means of their trials."""
        names = {name for trial in self._scored for name in trial.parameters}
        panels = [{"name": name, "values": self._by_value(name)} for name in sorted(names)]
        panels = sorted((one for one in panels if len(one["values"]) > 1), key=_spread, reverse=True)
        return {"metric": self._metric.name, "parameters": panels[:MOST_PARAMETERS]} if panels else {}

    def _by_value(self, name: str) -> list[tuple[str, list[float]]]:
        by_value: dict[tuple[bool, float, str], list[float]] = defaultdict(list)
        for trial in self._scored:
            by_value[_place(trial.parameters.get(name))].append(trial.mean or 0.0)
        return [(place[-1], scores) for place, scores in sorted(by_value.items())]

    def describe(self, figures: dict[str, Any]) -> str:
        first = figures["parameters"][0]
        means = ", ".join(
            f"{fmean(scores):.4g} with {value}" for value, scores in first["values"][:MOST_LABELS]
        )
        much = f"{first['name']} makes the largest difference"
        return f"{much}: its trials have a mean {figures['metric']} of {means}."

    def draw(self, figures: dict[str, Any]) -> Any:
        panels = figures["parameters"]
        rows = -(-len(panels) // 2)
        drawn = Figure(figsize=(7, 2.4 * rows), layout="constrained")
        grid = drawn.subplots(rows, min(2, len(panels)), sharey=True, squeeze=False)
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        for axes, one in zip(grid.flat, panels, strict=False):
            _draw_parameter(axes, one)
        for axes in grid[:, 0]:
            axes.set_ylabel(f"mean {figures['metric']}")
        return drawn


def _draw_parameter(axes: Any, one: dict[str, Any]) -> None:
    for place, (_, scores) in enumerate(one["values"]):
        axes.plot([place] * len(scores), scores, "o", color=CANDIDATE, markersize=4, alpha=0.6)
        axes.plot([place], [fmean(scores)], "_", color=TEXT, markersize=14)
    step = -(-len(one["values"]) // MOST_LABELS)
    ticks = range(0, len(one["values"]), step)
    axes.set_xticks(ticks, [shortened(one["values"][i][0], LONGEST) for i in ticks])
    axes.set_xlabel(one["name"])
    axes.grid(True)


def _place(value: Any) -> tuple[bool, float, str]:
    """Numbers in their order, then all else by its text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return not is_number, float(value) if is_number else 0.0, f"{value}"


def _spread(one: dict[str, Any]) -> float:
    means = [fmean(scores) for _, scores in one["values"]]
    return max(means) - min(means)
