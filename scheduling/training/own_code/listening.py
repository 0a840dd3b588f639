"""What a process prints and tells while it works: the end of the one, and each message of the other."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from collections.abc import Callable
from typing import Any

from scheduling.training.job import Report

TAIL_BYTES = 64 * 2**10
AT_ONCE = 64 * 2**10
MOST_LINE = 16 * 2**10
AT_MOST = 1000  # messages of a kind between two looks
TELL_SECONDS = 1.0
LOOK_SECONDS = 0.1


class Listener:
    """Reads both pipes of a process, and tells its run every second what is new."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.tail, self.printed = b"", 0
        self._begun, self._told, self._told_printed = b"", time.monotonic(), 0
        self._new: dict[str, Any] = {}

    def listen(self, process: subprocess.Popen[bytes], messages: int, *, seconds: float) -> bool:
        """Listen until the process ends, for so long at most; return whether it ended in time."""
        assert process.stdout is not None
        deadline = time.monotonic() + seconds
        takers: dict[int, Callable[[bytes], None]] = {
            process.stdout.fileno(): self._take_output, messages: self._take_messages,
        }  # fmt: skip
        with selectors.DefaultSelector() as selector:
            for number in takers:
                os.set_blocking(number, False)
                selector.register(number, selectors.EVENT_READ)
            while process.poll() is None and time.monotonic() < deadline:
                self._look(selector, takers, LOOK_SECONDS)
            ended = process.poll() is not None
            while self._look(selector, takers, 0) and ended:
                if time.monotonic() >= deadline:  # what it forked goes on printing
                    break
        self._tell()
        return ended

    def _look(self, selector: Any, takers: dict[int, Callable[[bytes], None]], seconds: float) -> bool:
        """Take what there is to read, and return whether there was anything."""
        found = False
        for key, _ in selector.select(seconds):
            if content := os.read(key.fd, AT_ONCE):
                takers[key.fd](content)
                found = True
            else:
                selector.unregister(key.fd)
        if not selector.get_map():
            time.sleep(seconds)
        if time.monotonic() - self._told >= TELL_SECONDS:
            self._tell()
        return found

    def _take_output(self, content: bytes) -> None:
        self.printed += len(content)
        self.tail = (self.tail + content)[-TAIL_BYTES:]

    def _take_messages(self, content: bytes) -> None:
        *lines, self._begun = (self._begun + content).split(b"\n")
        self._begun = self._begun[-MOST_LINE:]
        for line in lines:
            self._take_message(line)

    def _take_message(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            if "progress" in message:
                self._new["progress"] = (float(message["progress"]), str(message["at"]))
            for kind, of in (("log", dict), ("warn", str)):
                if kind in message and len(known := self._new.setdefault(kind, [])) < AT_MOST:
                    known.append(of(message[kind]))
        except (ValueError, TypeError, KeyError):  # the code wrote to the pipe itself
            return

    def _tell(self) -> None:
        """Tell the run what is new. Raises what the report raises."""
        new, self._new, self._told = self._new, {}, time.monotonic()
        if "progress" in new:
            self._report.progress(*new["progress"])
        if "log" in new:
            self._report.log(new["log"])
        for text in new.get("warn", []):
            self._report.warn(text)
        if self.printed != self._told_printed:
            self._told_printed = self.printed
            self._report.output(self.tail, self.printed)
