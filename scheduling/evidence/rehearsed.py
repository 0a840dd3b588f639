"""What a rehearsal measured: replies, seconds and megabytes, or why there are none. JSON keeps it exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np

from predictions.contract.answers import Answers
from predictions.contract.signature import SignatureSpec

MOST_ROWS = 500  # that are sent; of a larger evaluation set so many are drawn
TOGETHER = 50  # rows in one request, whatever the limits of the web tier are


class RehearsalFailed(Exception):
    """The server did not start, or a version did not load; `version_id` tells which one, if one caused it.

    `words` are private: which row was sent, what the server and its libraries said.
    """

    def __init__(self, message: str, *, version_id: int | None = None, words: str = "") -> None:
        self.version_id = version_id
        self.words = words
        super().__init__(message)


class ServerCrashed(RehearsalFailed):
    """The server ended while it computed an answer."""


class NoAnswer(RehearsalFailed):
    """A version did not answer in time."""


class MemoryLimitReached(RehearsalFailed):
    """A version needed more memory than its server may have."""


class RehearsalUnreadable(Exception):
    """The stored text does not describe a rehearsal."""


FAILURES = {kind.__name__: kind for kind in (RehearsalFailed, ServerCrashed, NoAnswer, MemoryLimitReached)}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer over HTTP, with the seconds that the client waited for it."""

    status: int
    body: dict[str, Any]
    version: str | None
    seconds: float
    problem: str = ""  # what caused a 5xx; public
    words: str = ""  # the same as the library said it; private

    def part(self, name: str) -> Any:
        """Return this part of the answer to many rows. Raises `RehearsalFailed`."""
        if self.status == 200 and name in self.body:
            return self.body[name]
        why = f"A request with several rows got status {self.status}"
        why += f" ({self.problem})." if self.problem else "."
        raise RehearsalFailed(why, words=self.words or str(self.body))


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """How one version behaved.

    `rows` are the positions of the sent rows among the judged ones, `replies` the first reply to each, and
    `together` those to the same rows sent many at a time, which give probabilities as well.
    `seconds` are those of every request for a row, repetitions too, in the order of sending; `unsteady`
    counts repetitions with another answer. `refusals` and `unusual` hold one reply per kind of request.
    `memory_mb` is what the server grew by when the version was loaded.
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

    def answers_together(self, spec: SignatureSpec) -> Answers:
        """Return labels (n,) and, if there are, probabilities (n, k), or values (n,), in the order of `rows`.

        Raises `RehearsalFailed` where a request was not answered, or rows are missing.
        """
        outputs = [output for reply in self.together for output in reply.part("predictions")]
        if len(outputs) != len(self.rows):
            why = f"Only {len(outputs)} of {len(self.rows)} rows were answered in requests with several rows."
            raise RehearsalFailed(why)
        if spec.task == "regression" or not any("probabilities" in reply.body for reply in self.together):
            return Answers(outputs)
        columns = [reply.part("probabilities") for reply in self.together]
        shares = [np.array([part[key] for key in spec.label_keys], float).T for part in columns]
        return Answers(outputs, np.concatenate(shares))


def without_words(rehearsed: Rehearsal | RehearsalFailed) -> Rehearsal | RehearsalFailed:
    """Return the same without texts of libraries, which may hold values of features that are redacted."""
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


def as_kept(rehearsed: Rehearsal | RehearsalFailed) -> dict[str, Any]:
    """Return it as JSON can hold it, whether it failed or not."""
    if isinstance(rehearsed, RehearsalFailed):
        what = {"failed": type(rehearsed).__name__, "message": str(rehearsed)}
        return what | {"version_id": rehearsed.version_id, "words": rehearsed.words}
    return dict(msgspec.to_builtins(rehearsed))


def from_kept(kept: dict[str, Any]) -> Rehearsal | RehearsalFailed:
    """Return the same rehearsal, to the bit. Raises `RehearsalUnreadable`."""
    try:
        if "failed" in kept:
            kind = FAILURES[kept["failed"]]
            return kind(kept["message"], version_id=kept["version_id"], words=kept["words"])
        return msgspec.convert(kept, Rehearsal)
    except (KeyError, msgspec.ValidationError) as error:
        raise RehearsalUnreadable(f"{type(error).__name__}: {error}") from error
