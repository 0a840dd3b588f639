"""The process that moves the prediction log from the spool to the database: kept alive beside the runs."""

import logging
import subprocess
import time

from scheduling.engine import limited_process

log = logging.getLogger("scheduling.engine.ingester_process")
PAUSE_SECONDS = 5.0  # before it is started again: one that fails at its start would fail at once
STOP_SECONDS = 2.0


class Ingester:
    """`manage.py ingest_predictions` as a child, started again whenever it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = -PAUSE_SECONDS

    def watch(self) -> None:
        """Start it where it is not there. Call from the main thread."""
        if self._process and (code := self._process.poll()) is not None:
            log.error("the ingester ended with %s: it is started again", limited_process.described(code))
            self._process = None
        if self._process is None and time.monotonic() - self._started_at >= PAUSE_SECONDS:
            self._process = limited_process.start("ingest_predictions")
            self._started_at = time.monotonic()

    def ask_to_end(self) -> None:
        """Let it write what it has read; it goes on where it stopped, whoever ends it how."""
        if self._process:
            self._process.terminate()

    def stop(self) -> None:
        if self._process:
            try:
                self._process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
