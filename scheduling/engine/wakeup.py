"""A wait that a signal handler can end: a lock inside the handler could wait for itself."""

import os
import select
from contextlib import suppress


class Bell:
    """Rung by a signal handler, heard by the main loop."""

    def __init__(self) -> None:
        self._heard, self._rope = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def ring(self) -> None:
        with suppress(BlockingIOError):  # rung thousands of times, and nobody listened yet
            os.write(self._rope, b"!")

    def wait(self, seconds: float) -> None:
        if select.select([self._heard], [], [], seconds)[0]:
            os.read(self._heard, 65_536)

    def close(self) -> None:
        os.close(self._heard)
        os.close(self._rope)
