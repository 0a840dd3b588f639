"""A watch lasts its bake time: dated by a clock that was wrong, it would count nothing for years."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from predictions.models.clock import A_LITTLE
from scheduling.models import Watch

log = logging.getLogger("scheduling.watch.bounded")


def bounded(watch: Watch, *, now: datetime) -> Watch:
    """Return the watch; one that begins in a time to come, or ends too far in it, begins now."""
    until = now + timedelta(minutes=watch.limits["bake_minutes"])
    if watch.counted_until <= now + A_LITTLE and watch.until <= until + A_LITTLE:
        return watch
    was = f"from {watch.counted_until:%Y-%m-%d %H:%M} until {watch.until:%Y-%m-%d %H:%M} UTC"
    if Watch.objects.saw(
        watch, now=now, counted_until=min(watch.counted_until, now), until=min(watch.until, until)
    ):
        log.warning("%s was to last %s: a clock was wrong. It begins now", watch, was)
    watch.refresh_from_db(fields=["counted_until", "until", "status", "looked_at"])
    return watch
