"""A server as a process group of its own on the server's core, its output in a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.reporting.results import NotMeasured
from benchmarks.server.cores import pinned
from benchmarks.server.target import wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 8.0


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: list[str], *, environment: Mapping[str, str], log: Path, core: int, ready: Callable[[], bool]
) -> Iterator[None]:
    """Run a server until the block ends. Raises `NotMeasured` with its last words if it does not start."""
    with open(log, "ab") as output, pinned(core):
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until(
            lambda: _alive(process, log) and ready(), seconds=START_SECONDS, what=f"{log.stem} to be ready"
        )
        yield
    finally:
        _stop(process)


def _alive(process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        last = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise NotMeasured(f"{log.stem} ended with {process.returncode}: {last}")
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the main process to end; what is left of its group is killed."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
