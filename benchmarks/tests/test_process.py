"""Servers that are started for a measure, and that do not start."""

import os
import sys

import pytest

from benchmarks.reporting.results import NotMeasured
from benchmarks.server.cores import pinned
from benchmarks.server.process import serving
from benchmarks.server.target import wait_until

ON_LINUX = hasattr(os, "sched_getaffinity")
CORE = min(os.sched_getaffinity(0)) if ON_LINUX else 0
pytestmark = pytest.mark.skipif(not ON_LINUX, reason="pins processes as Linux does")


def started(tmp_path, code, ready):
    return serving(
        [sys.executable, "-c", code], environment={}, log=tmp_path / "it.log", core=CORE, ready=ready
    )


def test_what_ends_at_once_is_told_with_its_last_words(tmp_path):
    code = "print('no port for me'); raise SystemExit(3)"
    with (
        pytest.raises(NotMeasured, match="it ended with 3: no port for me"),
        started(tmp_path, code, ready=lambda: False),
    ):
        pass


def test_it_runs_on_its_core_until_the_block_ends_with_its_children(tmp_path):
    code = (
        "import os, subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "print(child.pid, *os.sched_getaffinity(0), flush=True); time.sleep(60)"
    )
    log = tmp_path / "it.log"
    with started(tmp_path, code, ready=lambda: log.read_text().endswith("\n")):
        child, core = map(int, log.read_text().split())
        assert core == CORE
        assert os.path.exists(f"/proc/{child}")
    wait_until(lambda: not _runs(child), seconds=5, what="the child to end")


def _runs(pid):
    """Whether the process is there and no zombie that only init has to fetch."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_thread_that_was_pinned_is_let_go():
    before = os.sched_getaffinity(0)
    with pinned(CORE):
        assert os.sched_getaffinity(0) == {CORE}
    assert os.sched_getaffinity(0) == before
