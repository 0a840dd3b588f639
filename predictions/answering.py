"""The one place that every prediction passes, whatever door it came through."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple

from uuid_utils import uuid7

from predictions.serving import Answers, LoadedVersion


class Answered(NamedTuple):
    """What a version said of some rows: one id for each row, and the seconds that it took for all."""

    answers: Answers
    ids: list[str]
    seconds: float


def answer(version: LoadedVersion, rows: list[tuple[Any, ...]], *, who: str) -> Answered:
    """Ask `version` about rows that its signature has accepted.

    `who` is the name of the caller's user, empty for an anonymous one.
    """
    started = perf_counter()
    answers = version.predict(rows)
    seconds = perf_counter() - started
    return Answered(answers, [str(uuid7()) for _ in rows], seconds)
