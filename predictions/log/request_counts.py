"""What a web worker counts by version, caller and block: requests answered, with times, refused and failed.

The counts reach the database through the worker's log file, beside the predictions. A failure is written at
once; the rest every few seconds, by the follower's thread: a worker that is killed loses at most that.
Only web workers count: elsewhere nothing is written.
"""

import threading
import time
from uuid import UUID

import msgspec
from uuid_utils import uuid7

from predictions.contract.error_texts import public_text
from predictions.log import spool
from predictions.log.request_lines import LONGEST_ERROR, RequestLine, bin_of, size_of
from predictions.models.worker import BLOCK
from predictions.registry.loading import LoadedVersion

BLOCK_SECONDS = BLOCK.total_seconds()
WRITE_SECONDS = 5.0
MOST_CALLERS = 100  # of a version in a block; those who come later are counted together
OTHERS = "(others)"
encode = msgspec.json.Encoder().encode


class Counts:
    """The lines of the block that runs now, by version id and caller. Threads of requests add to them."""

    def __init__(self, *, are_written: bool) -> None:
        self._are_written = are_written
        self._lines: dict[tuple[int, str], RequestLine] = {}
        self._changed: set[tuple[int, str]] = set()
        self._block = 0.0
        self._written_at = time.monotonic()
        self._lock = threading.Lock()

    def answered(self, version: LoadedVersion, *, who: str, rows: int, seconds: float) -> None:
        """Count a request of `who` that this version answered; `seconds` are those of the model."""
        size, step = size_of(rows), bin_of(seconds)
        with self._lock:
            line = self._line(version, who)
            line.answered += 1
            steps = line.latencies.setdefault(size, {})
            steps[step] = steps.get(step, 0) + 1

    def refused(self, version: LoadedVersion, *, who: str) -> None:
        """Count a request that this version's signature, or a limit, refused."""
        with self._lock:
            self._line(version, who).refused += 1

    def compared(self, version: LoadedVersion, *, who: str, before_answers: bool) -> None:
        """Note whether the version before answers the rows of a request that is counted as failed next."""
        with self._lock:
            line = self._line(version, who)
            line.only_failed += before_answers
            line.both_failed += not before_answers

    def failed(self, version: LoadedVersion, error: BaseException, *, who: str) -> None:
        """Count a request that this version could not answer."""
        with self._lock:
            line = self._line(version, who)
            line.failed += 1
            line.last_error = public_text(error).encode(errors="replace").decode()[:LONGEST_ERROR]
            self._write(line)

    def write(self, *, at_once: bool = False) -> None:
        """Write what has changed, if it is time; a block that is over is forgotten then."""
        if at_once or time.monotonic() - self._written_at >= WRITE_SECONDS:
            with self._lock:
                self._write_all()

    def _line(self, version: LoadedVersion, who: str) -> RequestLine:
        """Return the line of this block, which the caller changes; the blocks before are written first."""
        version_id = version.version_id
        if not 0 <= time.time() - self._block < BLOCK_SECONDS:
            self._write_all()
            self._lines = {}
            self._block = time.time() // BLOCK_SECONDS * BLOCK_SECONDS
        if who and (version_id, who) not in self._lines:  # a caller with a token
            callers = sum(known == version_id for known, _ in self._lines)
            who = OTHERS if callers >= MOST_CALLERS else who
        key = version_id, who
        self._changed.add(key)
        if key not in self._lines:
            self._lines[key] = RequestLine(
                id=UUID(str(uuid7())), version=version_id, who=who, block=self._block, until=self._block,
                answered=0, refused=0, failed=0, both_failed=0, only_failed=0, last_error="", latencies={},
            )  # fmt: skip
        return self._lines[key]

    def _write_all(self) -> None:
        for key in list(self._changed):
            self._write(self._lines[key])
        self._written_at = time.monotonic()

    def _write(self, line: RequestLine) -> None:
        line.until = min(time.time(), self._block + BLOCK_SECONDS)
        if self._are_written:
            spool.state().append(encode(line) + b"\n", rows=0)  # no prediction: it is not counted as lost
        self._changed.discard((line.version, line.who))


counts = Counts(are_written=False)


def start() -> None:
    """Begin to count: in a web worker, once."""
    global counts
    counts = Counts(are_written=True)
