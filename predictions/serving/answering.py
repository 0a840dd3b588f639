"""The one place that every prediction passes, whatever door it came through."""

from __future__ import annotations

import math
from time import perf_counter
from typing import Any, NamedTuple

import msgspec
import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.field_errors import FieldError
from predictions.log import request_counts, spool
from predictions.log.records import ids_from, json_of_ids, new_id
from predictions.registry.loading import LoadedVersion
from predictions.serving import serving
from predictions.serving.serving import ServedModel

MOST_ROWS = 100  # named in one error


class NoFiniteAnswer(Exception):
    """A version answers valid input with NaN or infinity; `errors` names the rows where there are many."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__("; ".join(map(str, errors[:3])) + ("; …" if len(errors) > 3 else ""))


class Answered(NamedTuple):
    """What a version said of some rows, the id of the first, and the seconds that it took for all."""

    answers: Answers
    id: str
    seconds: float

    @property
    def ids(self) -> list[str]:
        """An id for each row."""
        return ids_from(self.id, len(self.answers.outputs))

    @property
    def ids_json(self) -> msgspec.Raw:
        """The same, encoded."""
        return json_of_ids(self.id, len(self.answers.outputs))


def answer(
    version: LoadedVersion, rows: list[tuple[Any, ...]], *, who: str, body: bytes | None = None
) -> Answered:
    """Ask `version` about rows that its signature has accepted, and log what it says.

    `who` is the name of the caller's user, empty for an anonymous one. `body` is what the rows were read
    from, where the reader of the signature would read it again: it spares the log to encode them.
    Raises `NoFiniteAnswer`: then nothing is logged.
    """
    served = serving.current().models.get(version.model)
    started = perf_counter()
    try:
        answers = _computed(version, rows)
    except Exception:
        if served and served.version is version:
            _ask_before(served, version, rows, who)
        raise
    answered = Answered(answers, new_id(), perf_counter() - started)
    if served:
        spool.append(
            version, id=answered.id, rows=rows, body=body, answers=answers, seconds=answered.seconds,
            who=who, log_rate=served.log_rate, redacted=served.redacted,
        )  # fmt: skip
    return answered


def _computed(version: LoadedVersion, rows: list[tuple[Any, ...]]) -> Answers:
    answers = version.predict(rows)
    _refuse_not_finite(version, answers)
    return answers


def _ask_before(served: ServedModel, version: LoadedVersion, rows: list[tuple[Any, ...]], who: str) -> None:
    """What the version before cannot answer either is no fault of the live one: the watch asks for it."""
    before = served.before
    if before is None or before.spec.features != version.spec.features:
        return
    try:
        _computed(before, rows)
    except Exception:
        request_counts.compared(version, who=who, before_answers=False)
    else:
        request_counts.compared(version, who=who, before_answers=True)


def _refuse_not_finite(version: LoadedVersion, answers: Answers) -> None:
    """Raise `NoFiniteAnswer` where a number of the answer is none. A sum shows it, and costs least."""
    if answers.probabilities is None:
        if math.isfinite(sum(answers.outputs)):
            return
        finite = np.isfinite(np.asarray(answers.outputs, dtype=float))
    else:
        if math.isfinite(answers.probabilities.sum()):
            return
        finite = np.isfinite(answers.probabilities).all(axis=1)
    rows = np.flatnonzero(~finite)[:MOST_ROWS].tolist()
    many = len(answers.outputs) > 1
    if rows:
        message = "The model has no finite number for this row"
        field = version.spec.output_name
        raise NoFiniteAnswer(
            [FieldError(field=field, message=message, row=row if many else None) for row in rows]
        )
