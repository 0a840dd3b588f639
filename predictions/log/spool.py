"""The writing side of the prediction log: each prediction is in a file before its reply is sent.

Another process brings the files into the database (`ingest_predictions`). Nothing here asks the
database, and nothing that goes wrong here fails a prediction: what is lost is counted.
"""

import logging
import os
import random
import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from predictions.conf import config, setting_name
from predictions.contract.answers import Answers
from predictions.contract.error_texts import kind_of
from predictions.contract.moments import written
from predictions.counting import prometheus
from predictions.log.segments import SEGMENT_BYTES, SUFFIX, Segment, bytes_held
from predictions.registry.loading import LoadedVersion

log = logging.getLogger("predictions.log.spool")
encode_lines = msgspec.json.Encoder(enc_hook=written).encode_lines  # each ends with a newline
SEGMENT_SECONDS = 3600.0
BATCHES = 8  # like the one that opens a segment have room in it: a file for each took a tenth of their time
MOST_BYTES = 8 * SEGMENT_BYTES
RETRY_SECONDS = 1.0


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
            segment, oldest = self._segment, time.monotonic() - SEGMENT_SECONDS
            if segment is None or segment.opened_at < oldest or not segment.write(line):
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
        prometheus.count("predictions_not_logged", rows)

    def _next(self, needed: int) -> Segment | None:
        if time.monotonic() < self._retry_at:
            return None
        if self._segment is not None:
            self._segment.finish()
            self._segment = None
        try:
            self._segment = self._open(max(needed, min(BATCHES * needed, MOST_BYTES), SEGMENT_BYTES))
            self._tell("")
        except OSError as error:
            self._retry_at = time.monotonic() + RETRY_SECONDS
            self._tell(error.strerror or str(error))
        return self._segment

    def _open(self, size: int) -> Segment:
        folder = config.SPOOL_DIR
        folder.mkdir(parents=True, exist_ok=True)
        if bytes_held(folder) + size > config.SPOOL_MAX_MB * 2**20:
            limit = f"{setting_name('SPOOL_MAX_MB')} ({config.SPOOL_MAX_MB})"
            raise OSError(f"{limit} is reached. Check that an ingester runs.")
        self._number += 1
        return Segment(folder / f"{self._worker}-{self._number:06d}{SUFFIX}", size=size)

    def _tell(self, problem: str) -> None:
        """Log a problem when it begins and when it has ended, not for each prediction."""
        if problem and not self.problem:
            log.error("predictions are not logged: %s", problem)
        elif self.problem and not problem:
            log.warning("predictions are logged again; this worker lost %s of them", self.lost)
        self.problem = problem

    def finish(self) -> None:
        """Leave what was logged to the ingester."""
        with self._lock:
            if self._segment is not None:
                self._segment.finish()
                self._segment = None

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


def begin_anew() -> None:
    """Log from here on as another worker would. For tests."""
    global _spool
    _spool.finish()
    _spool = Spool()


def append(
    version: LoadedVersion, *, id: str, rows: Sequence[Sequence[Any]], body: bytes | None, answers: Answers,
    seconds: float, who: str, log_rate: int, redacted: frozenset[str],
) -> None:  # fmt: skip
    """Log `log_rate` of a hundred requests: n rows in the order of the features, with the answers to them.

    `id` is the UUIDv7 of the reply. Redacted features are not written; without any, the `body` that held the
    rows is written as it came. `records.Record` is the layout of the line.
    """
    if log_rate < 100 and random.random() * 100 >= log_rate:
        return
    names: Sequence[str] | None = version.spec.names
    asked: Any = rows
    if redacted:
        kept = [i for i, name in enumerate(version.spec.names) if name not in redacted]
        names, asked = [version.spec.names[i] for i in kept], [[row[i] for i in kept] for row in rows]
    elif body is not None:
        names, asked = None, msgspec.Raw(body.replace(b"\n", b" "))
    microseconds = int(seconds * 1e6)
    try:
        outputs, shares = _encoded(answers)
        record = (id, version.version_id, names, asked, outputs, shares, microseconds, who)
        line = encode_lines([record])
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        _spool.lose(rows=len(rows), why=f"a value cannot be written as JSON: {kind_of(error)}")
    else:
        _spool.append(line, rows=len(rows))


def _encoded(answers: Answers) -> tuple[Any, Any]:
    """The outputs and shares; of many rows as the reply has them, which are encoded once."""
    if len(answers.outputs) == 1:
        return answers.outputs, answers.shares
    return answers.outputs_json, answers.shares_json


def state() -> Spool:
    """The log of this process: how many predictions were `appended` and `lost`, and its `problem` now."""
    return _spool
