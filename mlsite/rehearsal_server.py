"""A rehearsal's server, with one worker: `python -m mlsite.rehearsal_server <port>`."""

import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer


class OneWorker(MPServer):
    """Granian's server, with an exit code that tells which signal ended its worker."""

    def shutdown(self, exit_code: int = 0) -> None:
        """End with 128 plus the number of the worker's signal, if there was one."""
        ended = [worker.inner.exitcode for worker in self.wrks if self.interrupt_children]
        signals = [-code for code in ended if code is not None and code < 0]
        super().shutdown(128 + signals[0] if signals else exit_code)


def main() -> None:
    """Serve until the end of the process that started it."""
    OneWorker(
        "mlsite.rehearsal:application", address="127.0.0.1", port=int(sys.argv[1]),
        interface=Interfaces.WSGI, blocking_threads=1, websockets=False, workers_kill_timeout=2,
        log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
