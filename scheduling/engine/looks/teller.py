"""The process that sends messages: beside all runs and looks, so that no receiver keeps them waiting."""

import logging

from django.utils import timezone

from scheduling.engine.looks.one_look import OneLook, described
from scheduling.engine.restarter import CLEAN
from scheduling.models import Delivery

log = logging.getLogger("scheduling.engine.teller")


class Teller:
    """At most one round of sending at a time. The outbox knows what was sent, however a round ended."""

    def __init__(self) -> None:
        self._look: OneLook[None] = OneLook()
        self.idle = False

    def step(self) -> None:
        """Reap the round that ended, else start the next where something is due."""
        if self._look.child:
            ended = self._look.ended()
            if ended and ended[1] != CLEAN:
                log.error("sending messages ended with %s: what is left is tried again", described(ended[1]))
            return
        if not self._look.is_time():
            return
        self.idle = not Delivery.objects.due(timezone.now()).exists()
        if not self.idle:
            self._look.start("runnotify", None)

    def stop(self) -> None:
        self._look.stop()
