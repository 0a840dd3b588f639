"""How each version did on each evaluation set that came: the decay of what was live, and what was tried."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from predictions.contract.numbers import counted
from predictions.paths import admin_path
from scheduling.models import Run
from scheduling.pages.charts.drawing import Line, Point, lines_with_intervals
from scheduling.pages.measured.judged import Measured, three_digits
from scheduling.statistics.metrics.words import better_when

Key = tuple[int, int]  # of a version on an evaluation set


@dataclass(frozen=True, kw_only=True)
class Decay:
    """The picture, its legend, and the sentence that says what it shows."""

    metric: str
    picture: SafeString
    legend: list[tuple[str, str]]  # kind, and what it stands for
    sentence: str
    warns: bool


def decay_of(
    runs: Sequence[Run], measured: Mapping[int, Measured], *, live: int | None, before: Iterable[int] = ()
) -> Decay | None:
    """Draw the metric of the newest run over the evaluation sets; `live` is the id of the live version.

    `before` are versions that were live, also those that a person made live and took back between two runs.
    None where no run measured anything.
    """
    told = [run for run in runs if run.pk in measured and run.evaluation_dataset is not None]
    if not told:
        return None
    metric = measured[told[-1].pk].metric
    told = [run for run in told if measured[run.pk].metric == metric]
    sets = list({one.pk: one for run in told if (one := run.evaluation_dataset)}.values())
    sets.sort(key=lambda one: (one.created_at, one.pk))
    lines = _lines(told, measured, {one.pk: at for at, one in enumerate(sets)}, live, {*before})
    sentence, warns = _sentence(lines, measured[told[-1].pk].greater_is_better, metric)
    picture = lines_with_intervals(lines, [f"{one.created_at:%Y-%m-%d}" for one in sets],
                                   f"{metric} of each version on each evaluation set",
                                   up=f"{metric} ({better_when(metric).lower()})",
                                   across="evaluation sets, by the day they were made")  # fmt: skip
    kinds = {line.kind for line in lines}
    legend = [(kind, text) for kind, text in LEGEND.items() if kind in kinds]
    return Decay(metric=metric, picture=picture, legend=legend, sentence=sentence, warns=warns)


LEGEND = {
    "live": "the version that is live now",
    "before": "versions that were live before",
    "candidate": "candidates that did not go live",
}


def _lines(
    runs: Sequence[Run],
    measured: Mapping[int, Measured],
    places: Mapping[int, int],
    live: int | None,
    before: set[int],
) -> list[Line]:
    """One for each version, its points by evaluation set; of several runs on one set the last counts."""
    found: dict[int, dict[int, Point]] = {}
    names: dict[int, str] = {}
    was_live = {run.champion_id for run in runs} | {live} | before
    for run in runs:
        for who in ("candidate", "champion"):
            version: Any = getattr(run, who)
            value = measured[run.pk].values[who]
            if version is not None and value is not None:
                names[version.pk] = version.label
                at = places[run.evaluation_dataset_id or 0]
                found.setdefault(version.pk, {})[at] = _point(run, who, at, value, measured[run.pk])
        if run.decision == Run.Decision.PROMOTED:
            was_live.add(run.candidate_id)
    kinds = {pk: "live" if pk == live else "before" if pk in was_live else "candidate" for pk in found}
    order = {"candidate": 0, "before": 1, "live": 2}  # the last one is drawn on top
    return [
        Line(name=names[pk], kind=kinds[pk], points=[points[at] for at in sorted(points)])
        for pk, points in sorted(found.items(), key=lambda item: (order[kinds[item[0]]], item[0]))
    ]


def _point(run: Run, who: str, at: int, value: float, measured: Measured) -> Point:
    low, high = measured.intervals[who] or (None, None)
    label, rows = getattr(run, who).label, run.evaluation_dataset.rows if run.evaluation_dataset else 0
    between = "" if low is None else f" (95 % interval {low:.3g} to {high:.3g})"
    title = f"{label}: {measured.metric} {value:.3g}{between} on {counted(rows, 'row')}, run {run.pk}"
    page = admin_path("scheduling_run_change", run.pk)
    return Point(at=at, value=value, low=low, high=high, href=page, title=title)


def _sentence(lines: Sequence[Line], greater: bool, metric: str) -> tuple[str, bool]:
    """Compare the first and the last set that the live version was measured on."""
    line = next((one for one in lines if one.kind == "live"), None)
    if line is None:
        return f"No run has measured {metric} of the live version yet.", False
    if len(line.points) < 2:
        told = f"{metric} of {line.name} is {three_digits(line.points[0].value)}"
        return f"{told}. Whether that lasts shows once it was measured on a second evaluation set.", False
    first, last = line.points[0], line.points[-1]
    was, now = three_digits(first.value), three_digits(last.value)
    moved = f"{metric} of {line.name} was {was} on the first evaluation set, and is {now} now"
    if first.low is None or first.high is None or last.low is None or last.high is None:
        return f"{moved}.", False
    lost = last.high < first.low if greater else last.low > first.high
    if lost:
        return f"{moved}: it has got worse, by more than chance explains. Retrain it on newer rows.", True
    return f"{moved}: the two intervals overlap, so chance alone may explain the difference.", False
