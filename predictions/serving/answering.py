"""The one place that every prediction passes, whatever door it came through."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from predictions.contract.answers import Answers
from predictions.log import spool
from predictions.log.prediction_ids import ids_from, json_of_ids, new_id
from predictions.registry.loading import LoadedVersion
from predictions.serving import serving


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
    """
    started = perf_counter()
    answers = version.predict(rows)
    answered = Answered(answers, new_id(), perf_counter() - started)
    if served := serving.current().models.get(version.model):
        spool.append(
            served, version, id=answered.id, rows=rows, body=body, answers=answers,
            seconds=answered.seconds, who=who,
        )  # fmt: skip
    return answered
