"""Runs the scheduler, and runs it again when it gave way to another one (exit code 75).

A laptop that slept comes back with a lease that has run out: that must not end `make run`.
"""

import signal
import subprocess
import sys
from types import FrameType

LEASE_LOST = 75


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
    code = LEASE_LOST
    while code == LEASE_LOST and not stopped:
        process = subprocess.Popen([sys.executable, "manage.py", "runapscheduler", *sys.argv[1:]])
        if stopped:  # by a signal that came while it was being started
            process.terminate()
        code = process.wait()
    return code


if __name__ == "__main__":
    sys.exit(main())
