"""The one place that every prediction passes, on every path."""

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
    """A version answers valid input with NaN or infinity; `errors` names the rows of a request of many."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__("; ".join(map(str, errors[:3])) + ("; …" if len(errors) > 3 else ""))


class Answered(NamedTuple):
    """The answers of a version for some rows, the id of the first, and the seconds for all rows.

    `seconds` is the time from accepted rows to checked answers. It excludes reading the request and replying.
    """

    answers: Answers
    id: str
    seconds: float

    @property
    def ids(self) -> list[str]:
        return ids_from(self.id, len(self.answers.outputs))

    @property
    def ids_json(self) -> msgspec.Raw:
        return json_of_ids(self.id, len(self.answers.outputs))


def answer(
    version: LoadedVersion, rows: list[tuple[Any, ...]], *, who: str, body: bytes | None = None
) -> Answered:
    """Ask `version` about rows that its signature has accepted, and log the answers.

    `who` is the name of the caller's user, empty for an anonymous one. `body` is the JSON of the rows, if the
    signature's reader can read it again: then the log need not encode them.
    Raises `NoFiniteAnswer`: then nothing is logged.
    """
    served = serving.current().models.get(version.model)
    started = perf_counter()
    try:
        answers = version.predict(rows)
        _refuse_not_finite(version, answers)
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


def _ask_before(served: ServedModel, version: LoadedVersion, rows: list[tuple[Any, ...]], who: str) -> None:
    """Count whether the version before can answer, for the watch: if not, the live one is not at fault."""
    before = served.before
    if before is None or before.spec.features != version.spec.features:
        return
    try:
        _refuse_not_finite(before, before.predict(rows))
    except Exception:
        request_counts.compared(version, who=who, before_answers=False)
    else:
        request_counts.compared(version, who=who, before_answers=True)


def _refuse_not_finite(version: LoadedVersion, answers: Answers) -> None:
    """Raise `NoFiniteAnswer` for NaN or infinity. The sum shows them, and is the fastest way."""
    if answers.probabilities is None:
        if math.isfinite(sum(answers.outputs)):
            return
        finite = np.isfinite(np.asarray(answers.outputs, dtype=float))
    else:
        if math.isfinite(answers.probabilities.sum()):
            return
        finite = np.isfinite(answers.probabilities).all(axis=1)
    many = len(answers.outputs) > 1
    if rows := np.flatnonzero(~finite)[:MOST_ROWS].tolist():
        message, field = "The model's answer for this row is not a finite number", version.spec.output_name
        errors = [FieldError(field=field, message=message, row=row if many else None) for row in rows]
        raise NoFiniteAnswer(errors)
