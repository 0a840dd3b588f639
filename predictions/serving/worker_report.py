"""What each worker writes about itself to `Worker`, and how many workers serve a version by these rows."""

import logging
import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from django.db import Error
from django.utils import timezone

from predictions.log import spool
from predictions.models import Worker
from predictions.models.worker import SEEN_EVERY
from predictions.serving import serving
from predictions.zone import to_second

log = logging.getLogger("predictions.serving.follower")
MOST_TOLD = 300  # characters


class WorkerReport:
    """The row of this process."""

    def __init__(self) -> None:
        self._written: tuple[dict[str, str], dict[str, str]] | None = None
        self._written_at = 0.0
        self._began: dict[str, str] = {}  # by model: when this process began to serve its version

    def write(self, snapshot: serving.Snapshot) -> None:
        """Write the row at once if it changed, otherwise every few seconds. Raises `django.db.Error`."""
        serves = {m.name: m.version.label for m in snapshot.models.values() if m.version}
        now = (serves, dict(snapshot.problems))
        changed = now != self._written
        if not changed and time.monotonic() - self._written_at < SEEN_EVERY.total_seconds():
            return
        log_of = spool.state()
        lost = f"{log_of.problem} ({log_of.lost} lost)"[:MOST_TOLD] if log_of.lost else ""
        columns = {"serves": serves, "problems": now[1], "log_problem": lost, "seen_at": timezone.now()}
        before, moment = self._written[0] if self._written else {}, timezone.now().isoformat()
        same = {model for model, label in serves.items() if before.get(model) == label}
        self._began = {model: self._began[model] if model in same else moment for model in serves}
        since = {"since": timezone.now(), "began": self._began}
        Worker.objects.gone().delete()
        here = Worker.objects.filter(host=socket.gethostname())  # a killed process cannot sign off itself
        rows = here.values_list("pk", "pid", "process_start")
        here.filter(pk__in=[pk for pk, pid, start in rows if _start_of(pid) != start]).delete()
        Worker.objects.update_or_create(
            host=socket.gethostname(), pid=os.getpid(), process_start=_start_of(os.getpid()),
            defaults=columns | since if changed else columns, create_defaults=columns | since,
        )  # fmt: skip
        self._written, self._written_at = now, time.monotonic()


def _start_of(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; empty if it is gone, or the system is not Linux."""
    # A signal says too little: threads answer too, and a restarted container uses the same numbers again.
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def sign_off() -> None:
    """Delete the row of a worker that ends."""
    try:
        Worker.objects.filter(host=socket.gethostname(), pid=os.getpid()).delete()
    except Error as error:
        log.warning("The worker could not delete its row in Workers; it disappears after a while: %s", error)


@dataclass(frozen=True, kw_only=True)
class ServedBy:
    """How many running workers serve a version; since when all of these do; why others do not."""

    version: str
    workers: int
    of: int
    since: datetime | None
    problems: list[str]

    @property
    def sentence(self) -> str:
        """One line for the admin and `/health/ready`."""
        since = f" since {to_second(self.since)}" if self.since else ""
        told = "".join(f"; {problem}" for problem in self.problems)
        return f"{self.workers} of {self.of} workers serve {self.version}{since}{told}"

    @classmethod
    def among(cls, alive: Iterable[Worker], model: str, version: str) -> Self:
        alive = list(alive)
        there = [worker for worker in alive if worker.serves.get(model) == version]
        began = [datetime.fromisoformat(w.began[model]) for w in there if model in w.began]
        problems = sorted({w.problems[model] for w in alive if model in w.problems})
        since = max(began, default=None)
        return cls(version=version, workers=len(there), of=len(alive), since=since, problems=problems)
