"""To lead: the lease is taken and what the last leader left is closed in one transaction."""

import logging
import os
import socket
import uuid

from django.utils import timezone

from predictions import database
from predictions.conf import config, setting_name
from predictions.zone import to_second
from scheduling.models import Lease, Run
from scheduling.notifications.events import tell_of_absence
from scheduling.notifications.sealing import reseal
from scheduling.runs.transitions import interrupt

SIGN = ".scheduler"  # a file in the media folder
log = logging.getLogger("scheduling.engine.leading")


def new_owner() -> str:
    """Return a name for this process that no other has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def take_lead(owner: str) -> tuple[int | None, int]:
    """Return the epoch and how many runs of the last leader were closed; None where another leads."""
    with database.atomic():
        before = Lease.objects.first()
        now = timezone.now()
        last = before.last_seen(now) if before else None
        seen = f" It was last seen at {to_second(last)}." if last else ""
        reason = f"Interrupted: the scheduler that started this run is gone.{seen}"
        epoch = Lease.objects.take(owner)
        closed = interrupt(Run.objects.running(), reason=reason) if epoch else 0
        if epoch and last:
            tell_of_absence(since=last, until=now, epoch=epoch)
    if epoch:
        _leave_sign(owner)
        reseal()
    return epoch, closed


def _leave_sign(owner: str) -> None:
    """Write into the media folder who leads: hosts that share it read the same."""
    try:
        config.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        (config.MEDIA_ROOT / SIGN).write_text(owner)
    except OSError as error:
        log.error("%s, %s, cannot be written: %s", setting_name("MEDIA_ROOT"), config.MEDIA_ROOT, error)


def led_by() -> str:
    """Return the owner of the lease who wrote into this host's media folder last; empty for nobody."""
    try:
        return (config.MEDIA_ROOT / SIGN).read_text()
    except OSError:
        return ""


def claim(run: Run, *, owner: str, epoch: int) -> bool:
    """Claim under the lease: a leader that was frozen must not start what another has."""
    with database.atomic():
        claimed = Lease.objects.is_kept_by(owner, epoch) and Run.objects.claim(run, epoch=epoch)
    if claimed:
        run.refresh_from_db()
    return claimed
