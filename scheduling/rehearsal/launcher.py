"""A rehearsal's server, with one worker: `python -m scheduling.rehearsal.launcher <port>`."""

import sys
from typing import Any

import django
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from scheduling.rehearsal.environment import HOST


class OneWorker(MPServer):
    """Granian's server, with an exit code that tells which signal ended its worker."""

    def shutdown(self, exit_code: int = 0) -> None:
        """End with 128 plus the number of the worker's signal, if there was one."""
        ended = [worker.inner.exitcode for worker in self.wrks if self.interrupt_children]
        signals = [-code for code in ended if code is not None and code < 0]
        super().shutdown(128 + signals[0] if signals else exit_code)


def application() -> Any:
    """Return what the worker runs; its imports need Django's settings."""
    django.setup()
    from scheduling.rehearsal.application import made

    return made()


def main() -> None:
    """Serve until the end of the process that started it."""
    OneWorker(
        "scheduling.rehearsal.launcher:application", factory=True, address=HOST, port=int(sys.argv[1]),
        interface=Interfaces.WSGI, blocking_threads=1, websockets=False, workers_kill_timeout=2,
        log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
