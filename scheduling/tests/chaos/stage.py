"""The processes under test: two schedulers that are started again whenever they end, and their kin."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from mlsite.tests.processes import ROOT
from scheduling.engine import limited_process

RESTART_SECONDS = (0.1, 1.0)
START_SECONDS = 6.0  # of a scheduler, on a machine that is busy


class Scheduler:
    """One place where a scheduler runs, as a container that is always started again."""

    def __init__(self, environment, log):
        self._environment, self._log = environment, log
        self.codes = []
        self._start()

    def _start(self):
        argv = [sys.executable, "manage.py", "runapscheduler", "--shutdown-timeout", "0.3"]
        argv = limited_process.command(memory_mb=8192, argv=argv)  # ends with the harness
        self.process = subprocess.Popen(
            argv, cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log
        )
        self._again_at, self._started_at = None, time.monotonic()

    @property
    def is_up(self):
        """Whether it has had the time to stand by."""
        return self.process.poll() is None and time.monotonic() - self._started_at > START_SECONDS

    def keep_up(self):
        """Start it again where it has ended, after a while."""
        if self.process.poll() is None:
            return
        if self._again_at is None:
            self.codes.append(self.process.returncode)
            self._again_at = time.monotonic() + random.uniform(*RESTART_SECONDS)
        elif time.monotonic() >= self._again_at:
            self._start()

    def signal(self, number):
        """Send a signal, if it is there."""
        if self.process.poll() is None:
            self.process.send_signal(number)


def kin(folder):
    """Every process of this stage but the harness itself: pid -> command line."""
    marker = f"CHAOS_FOLDER={folder}".encode()
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(entry.name) != os.getpid() and marker in (entry / "environ").read_bytes():
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            pass  # it has ended meanwhile
    return found


def signal_a_child(folder, number, chance):
    """Send a signal to the process of a run or of a look, if there is one; return its pid."""
    at_work = [
        pid for pid, command in kin(folder).items() if " runjob " in command or " runwatch " in command
    ]
    if not at_work:
        return None
    pid = chance.choice(at_work)
    with suppress(ProcessLookupError):  # it has ended meanwhile
        os.kill(pid, number)
    return pid


def end_all(schedulers, folder):
    """Stop the schedulers as people do; return what is left after a few seconds."""
    for scheduler in schedulers:
        scheduler.signal(signal.SIGCONT)
        scheduler.signal(signal.SIGTERM)
    for scheduler in schedulers:
        scheduler.process.wait(timeout=60)
    deadline = time.monotonic() + 5
    while (left := kin(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
