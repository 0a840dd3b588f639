"""The one place that every prediction passes, whatever door it came through."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple

from predictions import serving, spool
from predictions.prediction_ids import new_ids
from predictions.serving import Answers, LoadedVersion


class Answered(NamedTuple):
    """What a version said of some rows: one id for each row, and the seconds that it took for all."""

    answers: Answers
    ids: list[str]
    seconds: float


def answer(version: LoadedVersion, rows: list[tuple[Any, ...]], *, who: str) -> Answered:
    """Ask `version` about rows that its signature has accepted, and log what it says.

    `who` is the name of the caller's user, empty for an anonymous one.
    """
    started = perf_counter()
    answers = version.predict(rows)
    answered = Answered(answers, new_ids(len(rows)), perf_counter() - started)
    if served := serving.current().models.get(version.model):
        spool.append(
            served, version, id=answered.ids[0], rows=rows, outputs=answers.outputs,
            probabilities=answers.probabilities, seconds=answered.seconds, who=who,
        )  # fmt: skip
    return answered
