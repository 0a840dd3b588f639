"""What a web worker counts by version, caller and block: requests answered, with times, refused and failed.

The counts reach the database through the worker's log file, beside the predictions. A failure is written at
once; the rest every few seconds, by the follower's thread: a worker that is killed loses at most that.
Only web workers count: elsewhere these functions do nothing.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from uuid_utils import uuid7

from predictions.contract.error_texts import public_text
from predictions.log import spool
from predictions.log.latency_bins import bin_of, size_of
from predictions.log.request_lines import LONGEST_ERROR
from predictions.models.request_count import BLOCK

if TYPE_CHECKING:
    from predictions.registry.loading import LoadedVersion

BLOCK_SECONDS = BLOCK.total_seconds()
WRITE_SECONDS = 5.0
MOST_CALLERS = 100  # of a version in a block; those who come later are counted together
OTHERS = "(others)"
encode = msgspec.json.Encoder().encode


@dataclass(kw_only=True)
class Tally:
    """What one caller asked of one version in one block: what a line says, but for its first and `until`."""

    id: str = field(default_factory=lambda: str(uuid7()))
    answered: int = 0
    refused: int = 0
    failed: int = 0
    both_failed: int = 0  # of those, requests that the version before could not answer either
    only_failed: int = 0  # … and those that it did answer; of the rest nobody knows
    last_error: str = ""
    latencies: dict[tuple[int, int], int] = field(default_factory=dict)  # requests, by size and step
    written: tuple[int, int, int] = (0, 0, 0)

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.answered, self.refused, self.failed

    @property
    def times(self) -> dict[int, dict[int, int]]:
        times: dict[int, dict[int, int]] = {}
        for (size, step), requests in self.latencies.items():
            times.setdefault(size, {})[step] = requests
        return times


class Counts:
    """The block that runs now, by version id and caller. Threads of requests add to it."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[int, str], Tally] = {}
        self._block = 0.0
        self._written_at = time.monotonic()
        self._lock = threading.Lock()

    def answered(self, version_id: int, *, who: str, rows: int, seconds: float) -> None:
        size, step = size_of(rows), bin_of(seconds)
        with self._lock:
            tally = self._tally(version_id, who)
            tally.answered += 1
            tally.latencies[size, step] = tally.latencies.get((size, step), 0) + 1

    def refused(self, version_id: int, *, who: str) -> None:
        with self._lock:
            self._tally(version_id, who).refused += 1

    def compared(self, version_id: int, *, who: str, before_answers: bool) -> None:
        with self._lock:
            tally = self._tally(version_id, who)
            tally.only_failed += before_answers
            tally.both_failed += not before_answers

    def failed(self, version_id: int, error: BaseException, *, who: str) -> None:
        """Count a request that failed, and write it at once."""
        with self._lock:
            tally = self._tally(version_id, who)
            tally.failed += 1
            tally.last_error = _said(error)
            self._write(version_id, who, tally)

    def write(self, *, at_once: bool = False) -> None:
        """Write what has changed, where it is time; a block that is over is forgotten then."""
        if not at_once and time.monotonic() - self._written_at < WRITE_SECONDS:
            return
        with self._lock:
            self._write_all()

    def _tally(self, version_id: int, who: str) -> Tally:
        """Return the tally of this block; the blocks before are written first."""
        if not 0 <= time.time() - self._block < BLOCK_SECONDS:
            self._write_all()
            self._tallies = {}
            self._block = time.time() // BLOCK_SECONDS * BLOCK_SECONDS
        return self._tallies.get((version_id, who)) or self._new_tally(version_id, who)

    def _new_tally(self, version_id: int, who: str) -> Tally:
        if who and sum(known == version_id for known, _ in self._tallies) >= MOST_CALLERS:
            who = OTHERS  # callers with a token
        return self._tallies.setdefault((version_id, who), Tally())

    def _write_all(self) -> None:
        for (version_id, who), tally in self._tallies.items():
            if tally.counts != tally.written:
                self._write(version_id, who, tally)
        self._written_at = time.monotonic()

    def _write(self, version_id: int, who: str, tally: Tally) -> None:
        until = min(time.time(), self._block + BLOCK_SECONDS)
        line = (
            "requests", tally.id, version_id, who, self._block, until, *tally.counts, tally.both_failed,
            tally.only_failed, tally.last_error, tally.times,
        )  # fmt: skip
        spool.append_line(encode(line) + b"\n")
        tally.written = tally.counts


def _said(error: BaseException) -> str:
    """What everybody may read of an error, as text that every encoding can hold."""
    return public_text(error).encode(errors="replace").decode()[:LONGEST_ERROR]


_counts: Counts | None = None


def start() -> None:
    """Begin to count: in a web worker, once. A rehearsal's server is none."""
    global _counts
    if settings.REHEARSAL_VERSION is None:
        _counts = Counts()


def answered(version: LoadedVersion, *, who: str, rows: int, seconds: float) -> None:
    """Count a request of `who` that this version answered; `seconds` are those of the model."""
    if _counts is not None:
        _counts.answered(version.version_id, who=who, rows=rows, seconds=seconds)


def refused(version: LoadedVersion, *, who: str) -> None:
    """Count a request that this version's signature, or a limit, refused."""
    if _counts is not None:
        _counts.refused(version.version_id, who=who)


def compared(version: LoadedVersion, *, who: str, before_answers: bool) -> None:
    """Tell whether the version before answers the rows of a request that is counted as failed next."""
    if _counts is not None:
        _counts.compared(version.version_id, who=who, before_answers=before_answers)


def failed(version: LoadedVersion, error: BaseException, *, who: str) -> None:
    """Count a request that this version could not answer."""
    if _counts is not None:
        _counts.failed(version.version_id, error, who=who)


def write(*, at_once: bool = False) -> None:
    """Write what was counted since the last time, every few seconds or at once."""
    if _counts is not None:
        _counts.write(at_once=at_once)
