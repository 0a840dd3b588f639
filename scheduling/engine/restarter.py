"""Runs the scheduler, and runs it again when it gave way to another one or died after a good start."""

import signal
import subprocess
import sys
import time
from types import FrameType

CLEAN, LEASE_LOST = 0, 75
GOOD_START_SECONDS = 10.0


def main() -> int:
    """Return the exit code of the last scheduler; pass signals on to it."""
    process: subprocess.Popen[bytes] | None = None
    stopped = False

    def pass_on(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        if process:
            process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    again = True
    while again:
        started = time.monotonic()
        process = subprocess.Popen([sys.executable, "manage.py", "runapscheduler", *sys.argv[1:]])
        if stopped:  # by a signal that came while it was being started
            process.terminate()
        code = process.wait()
        lived = time.monotonic() - started
        again = not stopped and (code == LEASE_LOST or (code != CLEAN and lived >= GOOD_START_SECONDS))
    return code


if __name__ == "__main__":
    sys.exit(main())
