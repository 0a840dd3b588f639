"""The rows that the candidate fixed and those that it broke, with their values."""

from typing import Any

import numpy as np

from predictions.contract.numbers import counted
from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page.exhibits.base import Exhibit, NothingToShow, Outcomes

MOST_ROWS = 20  # of either kind
MOST_FEATURES = 30
LONGEST = 100  # of a text


class ChangedRows(Exhibit):
    """Rows that only one of the two gets right; of a regression, the rows where one is nearer the truth."""

    id = "changed_rows"
    title = "Rows fixed and rows broken"

    def figures(self, evidence: Evidence, outcomes: Outcomes) -> dict[str, Any]:
        if "champion" not in evidence.scored:
            raise NothingToShow(f"No live version answered these rows. {evidence.not_comparable}".strip())
        champion, candidate = evidence.scored["champion"], evidence.scored["candidate"]
        # By how much each row became better, (n,): a label 1 or -1, a value by its absolute error.
        change = np.abs(champion.predicted - champion.y) - np.abs(candidate.predicted - candidate.y)
        if candidate.labels:
            change = (candidate.predicted == candidate.y).astype(int) - (champion.predicted == champion.y)
        change = np.nan_to_num(change, nan=0.0)
        names = [name for name in evidence.spec.names if name not in evidence.redacted]
        return {
            "by": "labels" if evidence.spec.labels else "absolute error",
            "features": names[:MOST_FEATURES],
            "features_left_out": max(0, len(names) - MOST_FEATURES),
            "redacted": sorted(evidence.redacted),
            "fixed": _rows(evidence, change, names[:MOST_FEATURES]),
            "broken": _rows(evidence, -change, names[:MOST_FEATURES]),
        }

    def public(self, figures: dict[str, Any]) -> dict[str, Any]:
        counts = {kind: {"rows": figures[kind]["rows"]} for kind in ("fixed", "broken")}
        return {"by": figures["by"]} | counts

    def describe(self, figures: dict[str, Any]) -> str:
        fixed, broken = figures["fixed"], figures["broken"]
        what = "right" if figures["by"] == "labels" else "nearer the truth"
        text = f"On {counted(fixed['rows'], 'row')} only the candidate is {what} (fixed), "
        text += f"on {counted(broken['rows'], 'row')} only the live version (broken)."
        if "shown" in fixed:
            text += f" The tables list {len(fixed['shown'])} and {len(broken['shown'])} of them."
            text += " Row 1 is the first row after the header of the file."
        return text


def _rows(evidence: Evidence, change: np.ndarray, names: list[str]) -> dict[str, Any]:
    """The largest change first, then the order of the file."""
    better = (change > 0).nonzero()[0]
    order = better[(-change[better]).argsort(kind="stable")][:MOST_ROWS]
    return {"rows": len(better), "shown": [_row(evidence, int(i), names) for i in order]}


def _row(evidence: Evidence, position: int, names: list[str]) -> dict[str, Any]:
    row = evidence.judged.iloc[position]
    assert evidence.champion_answers is not None
    return {
        "row": int(evidence.judged.index[position]) + 1,
        "label": _plain(row[evidence.spec.output_name]),
        "champion": _plain(evidence.champion_answers.outputs[position]),
        "candidate": _plain(evidence.candidate_answers.outputs[position]),
        "values": [_plain(row[name]) for name in names],
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold, of bounded length."""
    value = value.item() if hasattr(value, "item") else value
    return value[:LONGEST] if isinstance(value, str) else value
