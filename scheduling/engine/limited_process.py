"""What stands between a parent and a child it starts: the child dies with its parent, inside limits.

`python -I child.py <megabytes> <parent> <command> …` limits itself and then becomes the command.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

PR_SET_PDEATHSIG = 1  # of Linux's prctl: the signal to get when the parent ends


def command(*, memory_mb: int, argv: Sequence[str]) -> list[str]:
    """Return what to start for `argv` to run as a limited child.

    Start it from the main thread: Linux takes the end of the thread that started it for the parent's.
    """
    return [sys.executable, "-I", __file__, str(memory_mb), str(os.getpid()), *argv]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start one of Django's commands as a limited child, in a process group of its own."""
    from predictions.conf import config  # not for the child, which only has to become the command

    argv = [sys.executable, "-m", "django", *arguments]  # the project may have no manage.py, or elsewhere
    limited = command(memory_mb=config.CHILD_MEMORY_MB, argv=argv)
    return subprocess.Popen(limited, env=environment(), start_new_session=True)


def environment() -> dict[str, str]:
    """Return the variables with which a child finds the project of this process, wherever that started."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}


def end(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a child and everything it started: they share a process group."""
    with suppress(ProcessLookupError):  # all of them have ended
        os.killpg(process.pid, number)


def described(code: int) -> str:
    """Return in words how a process ended."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def main() -> None:
    """Limit this process, then become the command."""
    memory_mb, parent, *argv = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):
        sys.exit("the parent is gone already")
    size = int(memory_mb) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execvp(argv[0], argv)  # noqa: S606


if __name__ == "__main__":
    main()
