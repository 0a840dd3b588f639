"""The process that looks at the watches: beside all runs, so that no run keeps it waiting."""

import logging
import time
from datetime import datetime, timedelta

from django.utils import timezone

from scheduling.engine.looks import one_look
from scheduling.engine.looks.one_look import OneLook, described
from scheduling.engine.restarter import CLEAN
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.models import Watch

log = logging.getLogger("scheduling.engine.watcher")
TO_ACT_ON = 3  # how a look ends that found a breach
AGAIN_SECONDS = 60.0  # before the next look at a watch whose last one did not end well
NOTED = timedelta(minutes=1)  # so often a watch says that somebody looked, though nothing was new


class Watcher:
    """At most one look at a time, the watch that waited longest first. A look writes nothing but evidence."""

    def __init__(self) -> None:
        self._look: OneLook[Watch] = OneLook()
        self._rests: dict[int, float] = {}  # until when, by watch
        self.idle = False

    def step(self) -> Watch | None:
        """Reap the look that ended, else start the next. Return the watch that needs a run."""
        if self._look.child:
            return self._reaped()
        if self._look.is_time():
            now = time.monotonic()
            rests = {watch: self._rests.get(watch.pk, 0.0) for watch in self._due(timezone.now())}
            first = min(rests, key=rests.__getitem__, default=None)
            self.idle = not (first and rests[first] <= now + one_look.ASK_SECONDS)
            if first and rests[first] <= now:
                self._look.start("runwatch", first, first.pk)
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

    def _reaped(self) -> Watch | None:
        """Return the watch of a look that did not end well."""
        if (ended := self._look.ended()) is None:
            return None
        watch, code = ended
        self._look.ask_at_once()
        well = code in (CLEAN, DATABASE_AWAY)
        self._rests[watch.pk] = time.monotonic() + (one_look.ASK_SECONDS if well else AGAIN_SECONDS)
        if not well and code != TO_ACT_ON:
            log.error("looking at the %s ended with %s: a run will look again", watch, described(code))
        return None if well else watch

    def stop(self) -> None:
        self._look.stop()
