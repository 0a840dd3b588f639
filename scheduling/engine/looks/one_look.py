"""One process at a time that looks at a row, with a time limit: it must not keep the others waiting."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from typing import Generic, TypeVar

from scheduling.engine import limited_process

Row = TypeVar("Row")
ASK_SECONDS = 5.0  # between two questions whether a look is due
LIMIT_SECONDS = 120.0  # of one look: one that hangs must not keep the others waiting


@dataclass(frozen=True, kw_only=True)
class Look(Generic[Row]):
    """A process and the row it looks at."""

    row: Row
    process: subprocess.Popen[bytes]
    started: float


class OneLook(Generic[Row]):
    """Starts, reaps and ends the one look that may be going on. Call from the main thread."""

    def __init__(self) -> None:
        self.child: Look[Row] | None = None
        self._asked_at = -ASK_SECONDS

    def is_time(self) -> bool:
        """Whether to ask what is due; True at most every `ASK_SECONDS`."""
        if time.monotonic() - self._asked_at < ASK_SECONDS:
            return False
        self._asked_at = time.monotonic()
        return True

    def ask_at_once(self) -> None:
        """Another one may be waiting."""
        self._asked_at = -ASK_SECONDS

    def start(self, command: str, row: Row, *arguments: int) -> None:
        process = limited_process.start(command, *map(str, arguments))
        self.child = Look(row=row, process=process, started=time.monotonic())

    def ended(self) -> tuple[Row, int | None] | None:
        """Return the row and the exit code of a look that is over; the code is None where it hung."""
        if (child := self.child) is None:
            return None
        code = child.process.poll()
        if code is None and time.monotonic() - child.started <= LIMIT_SECONDS:
            return None
        self.stop()
        return child.row, code

    def stop(self) -> None:
        """End the look that is going on, with all that it started: it will be done again."""
        if self.child:
            limited_process.end(self.child.process)
            self.child.process.wait()
            self.child = None


def described(code: int | None) -> str:
    """Return in words how a look ended."""
    return "its time limit" if code is None else limited_process.described(code)
