"""What a web worker counts by version and block: requests answered, refused and failed.

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
from predictions.log.request_lines import LONGEST_ERROR
from predictions.models.request_count import BLOCK

if TYPE_CHECKING:
    from predictions.registry.loading import LoadedVersion

BLOCK_SECONDS = BLOCK.total_seconds()
WRITE_SECONDS = 5.0
encode = msgspec.json.Encoder().encode


@dataclass(kw_only=True)
class Tally:
    """One version in one block: the fields of a line, but for its first and `until`."""

    id: str = field(default_factory=lambda: str(uuid7()))
    answered: int = 0
    refused: int = 0
    failed: int = 0
    last_error: str = ""
    written: tuple[int, int, int] = (0, 0, 0)

    @property
    def counts(self) -> tuple[int, int, int]:
        """What changes."""
        return self.answered, self.refused, self.failed


class Counts:
    """The block that runs now, by version id. Threads of requests add to it."""

    def __init__(self) -> None:
        self._tallies: dict[int, Tally] = {}
        self._block = 0.0
        self._written_at = time.monotonic()
        self._lock = threading.Lock()

    def answered(self, version_id: int) -> None:
        """Count a prediction."""
        with self._lock:
            self._tally(version_id).answered += 1

    def refused(self, version_id: int) -> None:
        """Count a request with which the client was wrong."""
        with self._lock:
            self._tally(version_id).refused += 1

    def failed(self, version_id: int, error: BaseException) -> None:
        """Count a request that failed, and write it at once."""
        with self._lock:
            tally = self._tally(version_id)
            tally.failed += 1
            tally.last_error = _said(error)
            self._write(version_id, tally)

    def write(self, *, at_once: bool = False) -> None:
        """Write what has changed, where it is time; a block that is over is forgotten then."""
        if not at_once and time.monotonic() - self._written_at < WRITE_SECONDS:
            return
        with self._lock:
            self._write_all()

    def _tally(self, version_id: int) -> Tally:
        """Return the version's tally of this block; the blocks before are written first."""
        if not 0 <= time.time() - self._block < BLOCK_SECONDS:
            self._write_all()
            self._tallies = {}
            self._block = time.time() // BLOCK_SECONDS * BLOCK_SECONDS
        tally = self._tallies.get(version_id)
        if tally is None:
            tally = self._tallies[version_id] = Tally()
        return tally

    def _write_all(self) -> None:
        for version_id, tally in self._tallies.items():
            if tally.counts != tally.written:
                self._write(version_id, tally)
        self._written_at = time.monotonic()

    def _write(self, version_id: int, tally: Tally) -> None:
        until = min(time.time(), self._block + BLOCK_SECONDS)
        line = ("requests", tally.id, version_id, self._block, until, *tally.counts, tally.last_error)
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


def answered(version: LoadedVersion) -> None:
    """Count a request that this version answered."""
    if _counts is not None:
        _counts.answered(version.version_id)


def refused(version: LoadedVersion) -> None:
    """Count a request that this version's signature, or a limit, refused."""
    if _counts is not None:
        _counts.refused(version.version_id)


def failed(version: LoadedVersion, error: BaseException) -> None:
    """Count a request that this version could not answer."""
    if _counts is not None:
        _counts.failed(version.version_id, error)


def write(*, at_once: bool = False) -> None:
    """Write what was counted since the last time, every few seconds or at once."""
    if _counts is not None:
        _counts.write(at_once=at_once)
