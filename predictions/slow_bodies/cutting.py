"""How a client is answered while a thread of granian waits for its body, which ends the waiting."""

import sys
from collections.abc import Callable, Iterator
from threading import Thread
from time import sleep
from typing import Any

SENDING_SECONDS = 0.02  # within them granian has sent what it was given


def answer_too_slow(
    environ: dict[str, Any], thread: int, *, content: bytes, claim: Callable[[], Any]
) -> None:
    """Answer 408 in place of the thread, if it still waits: `claim` says so, and keeps it from going on."""
    connection = _connection(environ, thread)
    if connection is None or claim() is None:
        return
    # A byte fewer than announced: granian gives the connection up, and with it the waiting for the body.
    length = ("Content-Length", str(len(content) + 1))
    headers = [("Content-Type", "application/json"), ("Connection", "close"), length]
    Thread(target=connection.response_iter, args=(408, headers, _sent(content)), daemon=True).start()


def _connection(environ: dict[str, Any], thread: int) -> Any:
    """Return granian's end of the connection, which only the function that has called us knows."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        found = frame.f_locals
        if hasattr(found.get("proto"), "response_iter") and found.get("environ") is environ:
            return found["proto"]
        frame = frame.f_back
    return None


def _sent(content: bytes) -> Iterator[bytes]:
    yield content
    sleep(SENDING_SECONDS)
