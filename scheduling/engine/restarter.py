"""Runs one command of `manage.py` again when it ends: `python -m scheduling.engine.restarter <command> …`.

The scheduler: when it gave way to another one, or died after a good start.
The model host: always, for the versions that need no host go on without it.
"""

import signal
import subprocess
import sys
import time
from types import FrameType

CLEAN, LEASE_LOST = 0, 75
GOOD_START_SECONDS = 10.0
PAUSE_SECONDS = 1.0  # after a host that died at its start
ALWAYS = "serve_models"


def main() -> int:
    """Return the exit code of the last process; pass signals on to it."""
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
        process = subprocess.Popen([sys.executable, "manage.py", *sys.argv[1:]])
        if stopped:  # by a signal that came while it was being started
            process.terminate()
        code = process.wait()
        lived = time.monotonic() - started
        good_start = lived >= GOOD_START_SECONDS
        always = sys.argv[1] == ALWAYS
        again = not stopped and (code == LEASE_LOST or (code != CLEAN and (good_start or always)))
        if again and not good_start and always:
            time.sleep(PAUSE_SECONDS)
    return code


if __name__ == "__main__":
    sys.exit(main())
