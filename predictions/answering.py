"""The one place that every prediction passes, whatever door it came through."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from uuid_utils import uuid7

from predictions.serving import Answers, LoadedVersion

TAIL = 12  # hexadecimal digits of an id that are random, and its last group


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
    return Answered(answers, new_ids(len(rows)), seconds)


def new_ids(count: int) -> list[str]:
    """Return version 7 UUIDs: a drawn one, and for the other rows of its request the next numbers.

    Ten thousand drawn one by one would take longer than their predictions.
    """
    first = str(uuid7())
    if count == 1:
        return [first]
    kept, start = first[:-TAIL], int(first[-TAIL:], 16)
    tails = ((start + np.arange(count)) % 16**TAIL).astype(">u8").tobytes().hex()
    return [kept + tails[end - TAIL : end] for end in range(16, 16 * count + 1, 16)]
