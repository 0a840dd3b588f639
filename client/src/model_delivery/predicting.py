"""Predictions of tables of any length, in requests that the server accepts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from model_delivery.errors import Conflict, InvalidInput, TooLarge
from model_delivery.http.session import Session
from model_delivery.tables.frames import Frame
from model_delivery.tables.values import json_values

MOST_ROWS = 10_000  # the server's limits as they are set by default; a smaller one is found out
MOST_BYTES = 4 * 2**20
ATTEMPTS = 3


class Predicted(NamedTuple):
    """The answers in the rows' order; no probabilities where the model has none."""

    version: str
    predictions: list[Any]
    probabilities: dict[str, list[float]]
    ids: list[str]


def predict(session: Session, path: str, frame: Frame) -> Predicted:
    """Return the answers of one version to all rows: a promotion in between begins again."""
    if not frame.rows:
        raise InvalidInput("The table has no rows.", field="frame", remedy="Send at least one row.")
    for _ in range(ATTEMPTS):
        answers = list(_batches(session, path, frame))
        if len({answer["version"] for answer in answers}) == 1:
            return _joined(answers)
    raise Conflict("The live version changes all the time.", remedy="Ask one version: predict(…, version=…).")


def _batches(session: Session, path: str, frame: Frame) -> Iterator[dict[str, Any]]:
    """Yield the answers batch by batch, with fewer rows in each where a batch is too large."""
    start, size = 0, min(MOST_ROWS, frame.rows)
    while start < frame.rows:
        part = frame.part(start, start + size)
        answer = _answer(session, path, part, start)
        if answer is None:
            size = max(1, part.rows // 2)
            continue
        yield answer
        start += part.rows


def _answer(session: Session, path: str, part: Frame, start: int) -> dict[str, Any] | None:
    """Return the answer to one batch; None if it is too large and can be split."""
    try:
        columns = {name: json_values(name, values) for name, values in part.columns.items()}
        body = json.dumps({"columns": columns}, allow_nan=False).encode()
        if len(body) > MOST_BYTES and part.rows > 1:
            return None
        answer: dict[str, Any] = session.post(path, body, repeatable=True)
    except TooLarge:
        if part.rows > 1:
            return None
        raise
    except InvalidInput as error:
        raise _for_whole(error, start) from None
    return answer


def _for_whole(error: InvalidInput, start: int) -> InvalidInput:
    """Return the error with rows counted from the table's first, and what to do about columns."""
    problems = [
        replace(
            p, row=None if p.row is None else p.row + start, remedy=p.remedy or _remedy(p.field, p.message)
        )
        for p in error.problems
    ]
    return InvalidInput(error.message, remedy=error.own_remedy, problems=problems, code=error.code)


def _remedy(field: str, message: str) -> str:
    """What the server says of a column, in the words of a frame."""
    if "Unknown field" in message:
        return f'The model does not take this column: frame.drop(columns=["{field}"]).'
    if "Field required" in message:
        return f'The model needs a value: fill the column "{field}", or leave these rows out.'
    return ""


def _joined(answers: list[dict[str, Any]]) -> Predicted:
    keys = answers[0].get("probabilities") or {}
    return Predicted(
        version=answers[0]["version"],
        predictions=[value for answer in answers for value in answer["predictions"]],
        probabilities={key: [share for a in answers for share in a["probabilities"][key]] for key in keys},
        ids=[each for answer in answers for each in answer["prediction_ids"]],
    )
