"""Which answers the rows of each label get, from champion and candidate side by side."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes
from scheduling.evidence_page.exhibits.svg import CANDIDATE, MARKS, TEXT, shortened
from scheduling.statistics.metrics.influence import confusion
from scheduling.statistics.metrics.table import CALLED

MOST_LABELS = 12  # with more, the rarest are counted as one
OTHERS = "(others)"
LONGEST = 14  # of a label's name in the picture


class Confusion(Exhibit):
    """Counts of the judged rows: one line for each label, one column for each answer."""

    id = "confusion"
    title = "Confusion matrices"
    everything_is_public = True

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        """Return the labels, and a matrix [label][answer] for each of the two."""
        labels, scored = evidence.spec.labels, evidence.scored
        if not labels:
            raise NothingToShow("A regression predicts values, so it has no confusion matrix.")
        rows_of_label = np.bincount(scored["candidate"].y, minlength=len(labels))
        kept = np.sort((-rows_of_label).argsort(kind="stable")[:MOST_LABELS])  # in the signature's order
        names = [str(labels[i]) for i in kept]
        if len(kept) < len(labels):
            names.append(OTHERS)
        place = np.full(len(labels), len(kept))
        place[kept] = np.arange(len(kept))
        figures: dict[str, Any] = {"labels": names, "champion": None}
        for who, rows in scored.items():
            figures[who] = confusion(place[rows.y], place[rows.predicted], len(names)).tolist()
        return figures

    def describe(self, figures: dict[str, Any]) -> str:
        """The pool of the rare labels tells nothing about right and wrong."""
        labels = figures["labels"]
        known = range(len(labels) - (labels[-1] == OTHERS))
        right = {who: sum(figures[who][i][i] for i in known) for who in MARKS if figures[who]}
        rows = sum(map(sum, figures["candidate"]))
        sentences = [f"The candidate is right on {right['candidate']:,} of {rows:,} rows"]
        if "champion" in right:
            sentences[0] += f", the live version on {right['champion']}"
        for who in reversed(right):
            counts = figures[who]
            times, label, answer = max((counts[i][j] * (i != j), i, j) for i in known for j in known)
            if times:
                mistake = f"{labels[answer]} where the label is {labels[label]} ({counted(times, 'row')})"
                sentences.append(f"The most frequent mistake of the {CALLED[who]} is to answer {mistake}")
        return "".join(f"{sentence}. " for sentence in sentences).strip()

    def draw(self, figures: dict[str, Any]) -> Any:
        both = [who for who in MARKS if figures[who]]
        size = 2.0 + 0.42 * len(figures["labels"])
        drawn = Figure(figsize=(size * len(both) + 0.4, size), layout="constrained")
        for axes, who in zip(drawn.subplots(1, len(both), squeeze=False)[0], both, strict=True):
            _draw_matrix(axes, figures[who], [shortened(label, LONGEST) for label in figures["labels"]])
            axes.set_title(CALLED[who])
        return drawn


def _draw_matrix(axes: Axes, counts: list[list[int]], labels: list[str]) -> None:
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
