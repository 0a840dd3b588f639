"""What each label was taken for, by champion and candidate side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow
from scheduling.evidence_page.exhibits.svg import CANDIDATE, TEXT

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from scheduling.evidence.evidence import Evidence

MOST_LABELS = 12  # with more, the rarest are counted as one
OTHERS = "(others)"
LONGEST = 14  # of a label's name in the picture


class Confusion(Exhibit):
    """Counts of the judged rows: one line for each label, one column for each answer."""

    id = "confusion"
    title = "Confusion matrices"

    def figures(self, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
        """Return the labels, and a matrix [label][answer] for each of the two."""
        from scheduling.statistics.metrics.confusion import confusion

        labels = evidence.spec.labels
        if not labels:
            raise NothingToShow("A regression has no labels to confuse.")
        counts = {
            who: confusion(rows.y, rows.predicted, len(labels)) for who, rows in evidence.scored.items()
        }
        kept = _most_frequent(counts["candidate"])
        names = [str(labels[i]) for i in kept]
        return {
            "labels": names if len(kept) == len(labels) else [*names, OTHERS],
            "champion": _pooled(counts["champion"], kept) if "champion" in counts else None,
            "candidate": _pooled(counts["candidate"], kept),
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        """All of it: counts of labels."""
        return figures

    def describe(self, figures: dict[str, Any]) -> str:
        """How many are right, and the commonest mistake of each."""
        said = [
            _said(who, figures[who], figures["labels"]) for who in ("champion", "candidate") if figures[who]
        ]
        return " ".join(said)

    def draw(self, figures: dict[str, Any]) -> Figure:
        """Two squares; the more of a label's rows, the darker the cell. The diagonal has a frame."""
        from matplotlib.figure import Figure

        both = [who for who in ("champion", "candidate") if figures[who]]
        size = 2.0 + 0.42 * len(figures["labels"])
        drawn = Figure(figsize=(size * len(both) + 0.4, size), layout="constrained")
        for axes, who in zip(drawn.subplots(1, len(both), squeeze=False)[0], both, strict=True):
            _draw_matrix(axes, figures[who], [_short(label) for label in figures["labels"]])
            axes.set_title(who)
        return drawn


def _most_frequent(counts: np.ndarray) -> list[int]:
    """Positions of the labels that have a line of their own, in the signature's order."""
    order = (-counts.sum(1)).argsort(kind="stable")
    return sorted(order[:MOST_LABELS].tolist())


def _pooled(counts: np.ndarray, kept: list[int]) -> list[list[int]]:
    import numpy as np

    if len(kept) == len(counts):
        return counts.tolist()
    place = np.full(len(counts), len(kept))
    place[kept] = np.arange(len(kept))
    pooled = np.zeros((len(kept) + 1, len(kept) + 1), dtype=int)
    np.add.at(pooled, (place[:, None], place[None, :]), counts)
    return pooled.tolist()


def _said(who: str, counts: list[list[int]], labels: list[str]) -> str:
    """The pool of the rare labels says nothing of right and wrong."""
    known = range(len(labels) - (labels[-1] == OTHERS))
    total, right = sum(map(sum, counts)), sum(counts[i][i] for i in known)
    mistakes = [(counts[i][j], i, j) for i in known for j in known if i != j]
    most, label, answer = max(mistakes, default=(0, 0, 0), key=lambda mistake: mistake[0])
    said = f"The {who} answers {right} of {total} rows on the diagonal."
    if not most:
        return said
    return f"{said} Its commonest mistake: {labels[label]} taken for {labels[answer]}, {most} times."


def _draw_matrix(axes: Axes, counts: list[list[int]], labels: list[str]) -> None:
    from matplotlib.patches import Rectangle

    for i, line in enumerate(counts):
        for j, count in enumerate(line):
            share = count / (sum(line) or 1)
            axes.add_patch(Rectangle((j, i), 1, 1, facecolor=CANDIDATE, alpha=0.6 * share))
            axes.text(j + 0.5, i + 0.5, str(count), ha="center", va="center", fontsize=9)
        axes.add_patch(Rectangle((i, i), 1, 1, fill=False, edgecolor=TEXT, linewidth=1.2, clip_on=False))
    places = [i + 0.5 for i in range(len(labels))]
    axes.set_xticks(places, labels, rotation=90 if max(map(len, labels)) > 3 else 0)
    axes.set_yticks(places, labels)
    axes.set(xlim=(0, len(labels)), ylim=(len(labels), 0), aspect="equal", xlabel="answer", ylabel="label")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
