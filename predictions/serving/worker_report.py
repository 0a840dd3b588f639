"""A worker writes to `Worker` what it serves, since when, and why that is not what the ledger says."""

from __future__ import annotations

import logging
import os
import socket
import time
from typing import Any

from django.conf import settings
from django.db import Error
from django.utils import timezone

from predictions.log import spool
from predictions.models import Worker
from predictions.models.worker import SEEN_EVERY
from predictions.serving import serving

log = logging.getLogger("predictions.serving.follower")
MOST_TOLD = 300  # characters


class WorkerReport:
    """The row of this process. A rehearsal's server has none: it is not part of the web tier."""

    def __init__(self) -> None:
        self._written: tuple[dict[str, str], dict[str, str]] | None = None
        self._written_at = 0.0
        self._began: dict[str, str] = {}

    def write(self, snapshot: serving.Snapshot) -> None:
        """At once when it changed, else every few seconds. Raises `django.db.Error`."""
        if settings.REHEARSAL_VERSION is not None:
            return
        serves = {m.name: m.version.label for m in snapshot.models.values() if m.version}
        now = (serves, dict(snapshot.problems))
        changed = now != self._written
        if not changed and time.monotonic() - self._written_at < SEEN_EVERY.total_seconds():
            return
        log_of = spool.state()
        lost = f"{log_of.problem} ({log_of.lost} lost)"[:MOST_TOLD] if log_of.lost else ""
        columns: dict[str, Any] = {
            "serves": serves, "problems": now[1], "log_problem": lost, "seen_at": timezone.now(),
        }  # fmt: skip
        if changed:
            columns |= {"since": timezone.now(), "began": self._begun(serves)}
        Worker.objects.gone().delete()
        _forget_the_dead()
        Worker.objects.update_or_create(
            host=socket.gethostname(),
            pid=os.getpid(),
            defaults=columns,
            create_defaults={"since": timezone.now(), "began": self._begun(serves)} | columns,
        )
        self._written, self._written_at = now, time.monotonic()

    def _begun(self, serves: dict[str, str]) -> dict[str, str]:
        """When each model's version began: now, unless it was served before."""
        before = self._written[0] if self._written else {}
        now = timezone.now().isoformat()
        self._began = {
            model: self._began[model] if before.get(model) == label else now
            for model, label in serves.items()
        }
        return self._began


def _forget_the_dead() -> None:
    """Remove the rows of processes of this host that were killed: they cannot sign off themselves."""
    here = Worker.objects.filter(host=socket.gethostname())
    dead = [pk for pk, pid in here.values_list("pk", "pid") if not _is_alive(pid)]
    if dead:
        Worker.objects.filter(pk__in=dead).delete()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


def sign_off() -> None:
    """Remove the row of a worker that ends."""
    if settings.REHEARSAL_VERSION is not None:
        return
    try:
        Worker.objects.filter(host=socket.gethostname(), pid=os.getpid()).delete()
    except Error as error:
        log.warning("could not sign off: %s", error)
