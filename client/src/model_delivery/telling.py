"""True labels for predictions: `tell` sends those that are known, and waits for what is not logged yet."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from model_delivery.errors import InvalidInput, Problem
from model_delivery.http.session import Session
from model_delivery.tables.values import json_values

MOST_ROWS = 10_000
PAUSE = 2.0
NOT_YET = "prediction_not_logged_yet"
REMEDIES = {
    NOT_YET: "Tell it again in a minute.",
    "not_found": "Use the ids of predictions that are in the log: a model may log only a part of them.",
    "feedback_differs": "The first label stays: leave this one out.",
    "invalid_input": "Send a label as the model predicts it.",
}


class Told(NamedTuple):
    """How many labels are new, and how many the server knew already."""

    stored: int
    unchanged: int


def tell(session: Session, ids: Any, labels: Any, *, wait: float) -> Told:
    """Send the labels that are not missing. Raises `InvalidInput` naming the rows that were refused."""
    rows = _paired(ids, labels)
    stored = unchanged = 0
    refused: list[Problem] = []
    for start in range(0, len(rows), MOST_ROWS):
        answer = _tell(session, rows[start : start + MOST_ROWS], time.monotonic() + wait)
        stored, unchanged = stored + answer[0], unchanged + answer[1]
        refused += answer[2]
    if refused:
        message = f"{len(refused)} of {len(rows)} labels were refused; {stored + unchanged} are stored."
        raise InvalidInput(message, problems=refused)
    return Told(stored, unchanged)


def _tell(
    session: Session, rows: Sequence[tuple[int, str, Any]], until: float
) -> tuple[int, int, list[Problem]]:
    """Send a batch, and again what is still on its way into the log, until the time is over."""
    body = [{"prediction_id": each, "label": label} for _, each, label in rows]
    answer = session.post("/api/feedback", body, repeatable=True)
    refused = answer["refused"]
    again = [rows[refusal["row"]] for refusal in refused if refusal["code"] == NOT_YET]
    stored, unchanged = answer["stored"], answer["unchanged"]
    if again and time.monotonic() + PAUSE < until:
        time.sleep(PAUSE)
        more, same, problems = _tell(session, again, until)
        refused = [refusal for refusal in refused if refusal["code"] != NOT_YET]
        return stored + more, unchanged + same, problems + [_problem(r, rows) for r in refused]
    return stored, unchanged, [_problem(refusal, rows) for refusal in refused]


def _problem(refusal: dict[str, Any], rows: Sequence[tuple[int, str, Any]]) -> Problem:
    remedy = REMEDIES.get(refusal["code"], "")
    row = rows[refusal["row"]][0]
    return Problem(field=refusal["field"], message=refusal["message"], remedy=remedy, row=row)


def _paired(ids: Any, labels: Any) -> list[tuple[int, str, Any]]:
    """Return (row, id, label) of what is known; two Series are paired by their index."""
    if isinstance(ids, str):
        ids, labels = [ids], [labels]
    if hasattr(ids, "reindex") and hasattr(labels, "reindex"):
        labels = _aligned(labels, ids.index)
    given, known = json_values("ids", ids), json_values("labels", labels)
    if len(given) != len(known):
        message = f"There are {len(given)} ids and {len(known)} labels."
        raise InvalidInput(
            message, field="labels", remedy="Give one label for each id; None where it is not known."
        )
    pairs = enumerate(zip(given, known, strict=True))
    return [(row, str(each), label) for row, (each, label) in pairs if each is not None and label is not None]


def _aligned(labels: Any, index: Any) -> Any:
    if labels.index.equals(index):
        return labels
    if labels.index.has_duplicates or index.has_duplicates:
        remedy = "Give both without an index: tell(ids.to_list(), labels.to_list())."
        raise InvalidInput("The labels have another index than the ids.", field="labels", remedy=remedy)
    return labels.reindex(index)
