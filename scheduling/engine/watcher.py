"""The process that looks at the watches: beside all runs, so that no run keeps it waiting."""

import logging
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from scheduling.engine import limited_process
from scheduling.engine.restarter import CLEAN
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.models import Watch

log = logging.getLogger("scheduling.engine.watcher")
TO_ACT_ON = 3  # how a look ends that found a breach
ASK_SECONDS = 5.0  # between two questions whether a look is due, and two looks at one watch
AGAIN_SECONDS = 60.0  # before the next look at a watch whose last one did not end well
LIMIT_SECONDS = 120.0  # of one look: one that hangs must not keep the other watches waiting
NOTED = timedelta(minutes=1)  # so often a watch says that somebody looked, though nothing was new


@dataclass(frozen=True, kw_only=True)
class Look:
    """A process and the watch it looks at."""

    watch: Watch
    process: subprocess.Popen[bytes]
    started: float


class Watcher:
    """At most one look at a time, the watch that waited longest first. A look writes nothing but evidence."""

    def __init__(self) -> None:
        self._child: Look | None = None
        self._rests: dict[int, float] = {}  # until when, by watch
        self._asked_at = -ASK_SECONDS
        self.idle = False

    def step(self) -> Watch | None:
        """Reap the look that ended, else start the next. Return the watch that needs a run."""
        if self._child:
            return self._reaped(self._child)
        now = time.monotonic()
        if now - self._asked_at >= ASK_SECONDS:
            self._asked_at = now
            rests = {watch: self._rests.get(watch.pk, 0.0) for watch in self._due(timezone.now())}
            first = min(rests, key=rests.__getitem__, default=None)
            self.idle = not (first and rests[first] <= now + ASK_SECONDS)
            if first and rests[first] <= now:
                process = limited_process.start("runwatch", str(first.pk))
                self._child = Look(watch=first, process=process, started=now)
        return None

    def _due(self, now: datetime) -> list[Watch]:
        """The watches at which a look would find something. At the others nothing is new: that is a look."""
        due = []
        for watch in Watch.objects.open().with_flip():
            if watch.is_due(now):
                due.append(watch)
            elif now - watch.seen_at >= NOTED:
                Watch.objects.saw(watch, now=now)
        return due

    def _reaped(self, child: Look) -> Watch | None:
        """End a look that hangs. Return the watch of one that did not end well."""
        code = child.process.poll()
        if code is None and time.monotonic() - child.started <= LIMIT_SECONDS:
            return None
        self.stop()
        self._asked_at = -ASK_SECONDS  # another one may be waiting
        well = code in (CLEAN, DATABASE_AWAY)
        self._rests[child.watch.pk] = time.monotonic() + (ASK_SECONDS if well else AGAIN_SECONDS)
        if not well and code != TO_ACT_ON:
            how = "its time limit" if code is None else limited_process.described(code)
            log.error("looking at the %s ended with %s: a run will look again", child.watch, how)
        return None if well else child.watch

    def stop(self) -> None:
        """End the look that is going on: it will be done again."""
        if self._child:
            limited_process.end(self._child.process)
            self._child.process.wait()
            self._child = None
