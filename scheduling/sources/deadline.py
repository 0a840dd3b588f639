"""How long a source may take: what hangs is ended here, and by the supervisor where it does not listen."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from predictions.conf import config, setting_name
from scheduling.sources.refusals import SourceRefused


def too_slow(seconds: float | None = None) -> SourceRefused:
    """Return the error for a source that is over its time."""
    limit = f"{seconds or config.SOURCE_TIME_LIMIT_SECONDS:g}"
    return SourceRefused(
        f"The source took longer than {limit} s. Take a shorter window, make the query or function faster, "
        f"or raise {setting_name('SOURCE_TIME_LIMIT_SECONDS')}."
    )


@contextmanager
def time_limit(seconds: float | None = None) -> Iterator[None]:
    """Raise `SourceRefused` in the main thread when the time is over, whatever Python code runs then.

    Without a number it is SOURCE_TIME_LIMIT_SECONDS.
    """

    def end(*_: Any) -> None:
        raise too_slow(seconds)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds or config.SOURCE_TIME_LIMIT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
