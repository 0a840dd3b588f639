"""The writing side of the prediction log: each prediction is in a file before its reply is sent.

Another process brings the files into the database (`ingest_predictions`). Nothing here asks the
database, and nothing that goes wrong here fails a prediction: what is lost is counted.
"""

from __future__ import annotations

import logging
import os
import random
import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from django.conf import settings

from predictions.contract.error_texts import kind_of
from predictions.counting import prometheus
from predictions.log.segments import SEGMENT_BYTES, SUFFIX, Segment, bytes_held, bytes_waiting

if TYPE_CHECKING:
    from predictions.contract.answers import Answers
    from predictions.registry.loading import LoadedVersion

log = logging.getLogger("predictions.log.spool")
encode = msgspec.json.Encoder().encode
SEGMENT_SECONDS = 3600.0
RETRY_SECONDS = 1.0


class Logged(Protocol):
    """What the log asks of the model that answered."""

    @property
    def log_rate(self) -> int:
        """How many of a hundred requests are kept."""

    @property
    def redacted(self) -> frozenset[str]:
        """The features that are not."""


class Spool:
    """The log of one process: the segment that is being filled, and how many predictions were lost."""

    def __init__(self) -> None:
        self.appended = self.lost = 0
        self.problem = ""
        host = re.sub(r"[^\w-]", "_", socket.gethostname())
        self._worker = f"{host}-{os.getpid()}-{time.time_ns()}"
        self._number = 0
        self._segment: Segment | None = None
        self._lock = threading.Lock()
        self._retry_at = 0.0

    def append(self, line: bytes, *, rows: int) -> None:
        with self._lock:
            segment = self._segment
            if segment is None or segment.age > SEGMENT_SECONDS or not segment.write(line):
                segment = self._next(len(line))
                if segment is None:
                    self._lose(rows)
                    return
                segment.write(line)
            self.appended += rows

    def lose(self, *, rows: int, why: str) -> None:
        with self._lock:
            self._lose(rows)
            self._tell(why)

    def _lose(self, rows: int) -> None:
        self.lost += rows
        prometheus.count_not_logged(rows)

    def _next(self, needed: int) -> Segment | None:
        if time.monotonic() < self._retry_at:
            return None
        if self._segment is not None:
            self._segment.finish()
            self._segment = None
        try:
            self._segment = self._open(max(needed, SEGMENT_BYTES))
            self._tell("")
        except OSError as error:
            self._retry_at = time.monotonic() + RETRY_SECONDS
            self._tell(error.strerror or str(error))
        return self._segment

    def _open(self, size: int) -> Segment:
        folder = settings.SPOOL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        if bytes_held(folder) + size > settings.SPOOL_MAX_MB * 2**20:
            raise OSError(
                f"SPOOL_MAX_MB ({settings.SPOOL_MAX_MB}) is reached. Check that an ingester is running."
            )
        self._number += 1
        return Segment(folder / f"{self._worker}-{self._number:06d}{SUFFIX}", size=size)

    def _tell(self, problem: str) -> None:
        """Log a problem when it begins and when it has ended, not for each prediction."""
        if problem and not self.problem:
            log.error("predictions are not logged: %s", problem)
        elif self.problem and not problem:
            log.warning("predictions are logged again; this worker lost %s of them", self.lost)
        self.problem = problem

    def forget(self) -> None:
        """In a forked child: what is open is the parent's."""
        if self._segment is not None:
            self._segment.forget()


_spool = Spool()


def _after_fork() -> None:
    global _spool
    _spool.forget()
    _spool = Spool()


os.register_at_fork(after_in_child=_after_fork)


def append(
    served: Logged,
    version: LoadedVersion,
    *,
    id: str,
    rows: Sequence[Sequence[Any]],
    body: bytes | None,
    answers: Answers,
    seconds: float,
    who: str,
) -> None:
    """Log one answered request: n rows in the order of the features, with the answers to them.

    `id` is the UUIDv7 that the reply carries. What the model's rate leaves out is not written, nor is a
    redacted feature; where none is, the `body` that held the rows is written as it came. `records.Record` is
    the layout of the line.
    """
    if served.log_rate < 100 and random.random() * 100 >= served.log_rate:
        return
    features, asked = _asked(served, version, rows, body)
    microseconds = int(seconds * 1e6)
    try:
        outputs, shares = answers.outputs_json, answers.shares_json
        line = encode((id, version.version_id, features, asked, outputs, shares, microseconds, who)) + b"\n"
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        _spool.lose(rows=len(rows), why=f"a value cannot be written as JSON: {kind_of(error)}")
    else:
        _spool.append(line, rows=len(rows))


def _asked(
    served: Logged, version: LoadedVersion, rows: Sequence[Sequence[Any]], body: bytes | None
) -> tuple[Sequence[str] | None, Any]:
    """The names of the features and the rows to write; no names where the body says them."""
    names = version.spec.names
    if not served.redacted:
        return (names, rows) if body is None else (None, msgspec.Raw(body.replace(b"\n", b" ")))
    kept = [i for i, name in enumerate(names) if name not in served.redacted]
    return [names[i] for i in kept], [[row[i] for i in kept] for row in rows]


def append_line(line: bytes) -> None:
    """Write a line that tells of no prediction; where that cannot be, it is not counted as lost."""
    _spool.append(line, rows=0)


def appended() -> int:
    """How many predictions this process has logged."""
    return _spool.appended


def lost() -> int:
    """How many predictions this process could not log, since it started."""
    return _spool.lost


def problem() -> str:
    """Why predictions are not logged now; empty while they are."""
    return _spool.problem


def waiting() -> int:
    """How many bytes of all workers of this folder are not in the database yet."""
    return bytes_waiting(settings.SPOOL_DIR)
