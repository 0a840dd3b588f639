"""The process that looks for schedules which fire by what is found: beside all runs and the watches.

The question is asked in a child: a source may hang, eat memory or run somebody's code. The child writes what
it found and queues the run in one transaction, so nothing is to be handed over when it ends.
"""

import logging
from datetime import datetime

from django.utils import timezone

from predictions.zone import to_minute
from scheduling.engine.looks.one_look import OneLook, described
from scheduling.engine.restarter import CLEAN
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.models import Schedule, ScheduleLook

log = logging.getLogger("scheduling.engine.schedule_looker")


class ScheduleLooker:
    """At most one look at a time, the schedule that waited longest first."""

    def __init__(self) -> None:
        self._look: OneLook[ScheduleLook] = OneLook()
        self.idle = False

    def step(self) -> None:
        """Reap the look that ended, else start the next."""
        if self._look.child:
            self._reap()
            return
        if not self._look.is_time():
            return
        due = self._due(timezone.now())
        self.idle = not due
        if due:
            self._look.start("runlook", due[0], due[0].pk)

    def _due(self, now: datetime) -> list[ScheduleLook]:
        """The looks that are due, the oldest first. To rest is told without a look."""
        due = []
        for schedule in Schedule.objects.by_look():
            look = ScheduleLook.objects.of(schedule)
            if not look.is_due(now):
                continue
            if until := look.rests_until(now):
                run = look.last_run(now)
                found = f"Rests until {to_minute(until)}, since it started run {run and run.pk}."
                ScheduleLook.objects.saw(look, now=now, found=found)
            else:
                due.append(look)
        return sorted(due, key=lambda look: (look.looked_at is not None, look.looked_at))

    def _reap(self) -> None:
        """Say of a look that did not end well that it was one: the next is due when it would be anyway."""
        if (ended := self._look.ended()) is None:
            return
        look, code = ended
        self._look.ask_at_once()
        if code not in (CLEAN, DATABASE_AWAY):
            how = f"The look ended with {described(code)}. The log of the scheduler says more."
            log.error("looking for the schedule %s ended with %s", look.schedule, described(code))
            ScheduleLook.objects.saw(look, now=timezone.now(), found=how)

    def stop(self) -> None:
        self._look.stop()
