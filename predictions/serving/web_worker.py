"""The thread in each web worker that follows the ledger, beside the requests."""

import logging
import multiprocessing
import os
import threading
from multiprocessing.util import Finalize

import onnxruntime  # noqa: F401  # now, and not in the request or the rehearsal that loads a first version
from django.db import close_old_connections

from predictions.log import request_counts
from predictions.serving.follower import Follower
from predictions.serving.worker_report import sign_off

log = logging.getLogger("predictions.serving.follower")
POLL_SECONDS = 0.25


def start(follower: Follower | None = None) -> None:
    """Load what is live, then follow it in a thread. Called by `wsgi.py`, once in each worker."""
    request_counts.start()
    follower = follower or Follower()
    follower.step()
    stopped = threading.Event()
    thread = threading.Thread(target=_follow, args=(follower, stopped), name="follower", daemon=True)
    thread.start()
    # atexit never runs in a forked worker; this does, on TERM and HUP.
    Finalize(follower, _stop, args=(stopped, thread), exitpriority=10)


def _follow(follower: Follower, stopped: threading.Event) -> None:
    # Not getppid(): the main process may have ended while this one was still importing.
    main = multiprocessing.parent_process()
    parent = main.pid if main else os.getppid()
    while not stopped.wait(POLL_SECONDS):
        if os.getppid() != parent:
            log.error("The server's main process has ended, so worker %s ends too.", os.getpid())
            os._exit(1)  # an orphan would answer with old versions for ever
        try:
            close_old_connections()
            request_counts.counts.write()
            follower.step()
        except Exception:  # the thread must live; `checked_at` tells /health/ready if it does not
            log.exception("The follower failed; it tries again.")


def _stop(stopped: threading.Event, thread: threading.Thread) -> None:
    stopped.set()
    thread.join(timeout=2)
    request_counts.counts.write(at_once=True)
    sign_off()
