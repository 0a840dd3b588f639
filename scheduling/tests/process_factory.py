"""Children that do next to nothing, and a pipe that tells when the last of them has ended."""

import os
import select
import subprocess
import sys

from mlsite.tests.processes import ROOT

# Opens the pipe named by the environment and says that it is there; whoever inherits it keeps it open.
PRELUDE = """
import os, signal, subprocess, sys, time
pipe = os.open(os.environ["TEST_PIPE"], os.O_WRONLY)
def ready(): os.write(pipe, b"!")
"""
SLEEP = "ready(); time.sleep(60)"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); time.sleep(60)"
WITH_A_CHILD = """
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[pipe])
ready()
"""


def command(script):
    """A Python process that runs the script, with the prelude."""
    return [sys.executable, "-c", PRELUDE + script]


def started(script):
    """The process, started."""
    return subprocess.Popen(command(script), cwd=ROOT)


class Pipe:
    """The other end of `PRELUDE`'s pipe."""

    def __init__(self, folder, monkeypatch):
        path = folder / "pipe"
        os.mkfifo(path)
        monkeypatch.setenv("TEST_PIPE", str(path))
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_until_ready(self):
        """Return once a process says that it is there."""
        assert self._next() == b"!"

    def wait_until_all_have_ended(self):
        """Return once no process holds the pipe any more."""
        while self._next():
            pass

    def _next(self):
        """What one process said, or nothing where all have ended."""
        assert select.select([self._end], [], [], 20)[0], "nobody ends, and nobody says anything"
        return os.read(self._end, 1)

    def close(self):
        """Forget it."""
        os.close(self._end)
