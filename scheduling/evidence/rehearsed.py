"""What comes out of a rehearsal: replies, seconds and megabytes, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

MOST_ROWS = 500  # that are asked; of a larger evaluation set so many are drawn


class RehearsalFailed(Exception):
    """The server did not start, or a version did not load; `version_id` says whose fault it was, if one's.

    `words` are for few: which row was asked, what the server and its libraries said.
    """

    def __init__(self, message: str, *, version_id: int | None = None, words: str = "") -> None:
        self.version_id = version_id
        self.words = words
        super().__init__(message)


class ServerCrashed(RehearsalFailed):
    """The server ended while a version was asked."""


class NoAnswer(RehearsalFailed):
    """A version did not answer in time."""


class MemoryLimitReached(RehearsalFailed):
    """A version wanted more memory than its server may have."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer over HTTP, with what the client waited for it."""

    status: int
    body: dict[str, Any]
    version: str | None
    seconds: float
    problem: str = ""  # what a 5xx was raised by, for everybody
    words: str = ""  # the same in the words of whoever raised it, for few


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """How one version behaved.

    `rows` are the positions of the asked rows among the judged ones, `replies` the first reply to each, and
    `together` those to the same rows asked many at a time, which give probabilities as well.
    `seconds` are those of every request for a row, repetitions too, in the order of asking; `unsteady`
    counts repetitions that were answered otherwise. `refusals` and `unusual` hold one reply per kind of
    request. `memory_mb` is what the server grew by when the version was loaded.
    """

    rows: list[int]
    replies: list[Reply]
    together: list[Reply]
    seconds: list[float]
    unsteady: int
    refusals: dict[str, Reply]
    unusual: dict[str, Reply]
    load_seconds: float
    memory_mb: float
    server_mb: float  # the whole server, after all requests
    champion: Rehearsal | None = None  # the other version in the same server
    champion_failed: str = ""  # why there is none, where there should be one
    champion_words: str = ""  # of that failure


def without_words(rehearsed: Rehearsal | RehearsalFailed) -> Rehearsal | RehearsalFailed:
    """Return the same without what others said: features are redacted, and their values may be in it."""
    if isinstance(rehearsed, RehearsalFailed):
        return type(rehearsed)(str(rehearsed), version_id=rehearsed.version_id)
    return _silent(rehearsed)


def _silent(played: Rehearsal) -> Rehearsal:
    return replace(
        played,
        replies=[replace(reply, words="") for reply in played.replies],
        together=[replace(reply, words="") for reply in played.together],
        refusals={name: replace(reply, words="") for name, reply in played.refusals.items()},
        unusual={name: replace(reply, words="") for name, reply in played.unusual.items()},
        champion=played.champion and _silent(played.champion),
        champion_words="",
    )
