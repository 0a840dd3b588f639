"""The thread in each web worker that follows the ledger, beside the requests."""

import logging
import multiprocessing
import os
import threading
import time
from multiprocessing.util import Finalize
from typing import NamedTuple

import onnxruntime  # noqa: F401  # now, and not in the request or the rehearsal that loads a first version
from django.db import close_old_connections

from predictions.counting import prometheus
from predictions.log import request_counts
from predictions.serving import serving
from predictions.serving.follower import Follower
from predictions.serving.worker_report import sign_off

log = logging.getLogger("predictions.serving.follower")
POLL_SECONDS = 0.25
STOOD_STILL_SECONDS = 10.0
RENEW_SECONDS = 60.0  # how often the connection is looked at


class Running(NamedTuple):
    """The thread, and the process it is in: a fork has a copy of this, but not the thread."""

    pid: int
    thread: threading.Thread
    stopped: threading.Event
    first_round: threading.Event
    end: Finalize


_running: Running | None = None
_starting = threading.Lock()


def is_running() -> bool:
    """Whether this process follows the ledger: in a web worker from its first request on, elsewhere never."""
    return _running is not None and _running.pid == os.getpid() and _running.thread.is_alive()


def start(*, patience: float | None = None) -> bool:
    """Load what is live, follow it and count requests, unless this process does so already.

    Return whether it was loaded within so many seconds. A worker's first request calls this. A line in
    `wsgi.py` may call it before, and then no request waits.
    """
    with _starting:
        if not is_running():
            if _running is not None:  # of the process that was forked: what it served is not followed here
                serving.swap(serving.Snapshot())
            prometheus.start()
            request_counts.start()
            begin(Follower())
    return _running.first_round.wait(patience)  # type: ignore[union-attr]


def begin(follower: Follower) -> None:
    """Start the thread, with this follower, and count nothing: all that the server of a rehearsal needs."""
    global _running
    stopped, first_round = threading.Event(), threading.Event()
    arguments = (follower, stopped, first_round)
    thread = threading.Thread(target=_follow, args=arguments, name="follower", daemon=True)
    thread.start()
    # atexit never runs in the workers of granian; this does, on TERM and HUP, and elsewhere with atexit.
    end = Finalize(follower, _stop, args=(stopped, thread), exitpriority=10)
    _running = Running(os.getpid(), thread, stopped, first_round, end)


def stop() -> None:
    """End the thread as the end of the process does."""
    if is_running():
        _running.end()  # type: ignore[union-attr]


def _follow(follower: Follower, stopped: threading.Event, first_round: threading.Event) -> None:
    # Not getppid(): the main process may have ended while this one was still importing. Who is no child of
    # multiprocessing has a parent that may end, such as a shell, or a server that sees to its orphans.
    main, renew_at = multiprocessing.parent_process(), 0.0
    while not stopped.is_set():
        if main and os.getppid() != main.pid:
            log.error("The server's main process has ended, so worker %s ends too.", os.getpid())
            os._exit(1)  # an orphan would answer with an old program for ever
        try:
            if time.monotonic() >= renew_at:  # each round would open a new one where CONN_MAX_AGE is 0
                renew_at = time.monotonic() + RENEW_SECONDS
                close_old_connections()
            request_counts.counts.write()
            follower.step()
        except Exception:  # the thread must live; `checked_at` tells /health/ready if it does not
            log.exception("The follower failed; it tries again.")
            renew_at = 0.0
        first_round.set()
        _wait(stopped)


def _wait(stopped: threading.Event) -> None:
    """Wait for the next round, and tell if the server has let no thread run meanwhile."""
    began = time.monotonic()
    stopped.wait(POLL_SECONDS)
    if (seconds := time.monotonic() - began) > STOOD_STILL_SECONDS:
        message = (
            "The threads of worker %s stood still for %.0f s, so it noted promotions late. Some versions of "
            "uWSGI let threads run only if they are started with --enable-threads."
        )
        log.error(message, os.getpid(), seconds)


def _stop(stopped: threading.Event, thread: threading.Thread) -> None:
    stopped.set()
    thread.join(timeout=2)
    request_counts.counts.write(at_once=True)
    sign_off()
