"""One run to its end: by the scheduler where one leads, else here, behind the same fence."""

import logging
import time
from collections.abc import Callable

from predictions.conf import config
from scheduling.engine.leading import claim, new_owner, take_lead
from scheduling.engine.run_processes import Children
from scheduling.models import Lease, Run
from scheduling.runs import quarantine

POLL_SECONDS = 0.3


def finish(run: Run, *, tell: Callable[[str], None]) -> None:
    """Wait until a run has ended, and tell its steps. Stopped meanwhile, it ends only a run that it does."""
    while True:
        run.refresh_from_db()
        if not run.is_unfinished:
            return
        if run.status == Run.Status.QUEUED and not Lease.objects.held().exists():
            do(run, tell=tell)
            continue
        tell(run.step or run.status)
        time.sleep(POLL_SECONDS)


def do(run: Run, *, tell: Callable[[str], None]) -> None:
    """Lead as long as it takes to do this run. Nothing happens where another leads by then."""
    owner, children = new_owner(), Children(failed=logging.INFO)  # whoever waits for the run is told
    epoch, _ = take_lead(owner)
    if epoch is None:
        return
    try:
        if claim(run, owner=owner, epoch=epoch):
            children.start(run)
        renewed_at = time.monotonic()
        while not children.idle:
            if time.monotonic() - renewed_at >= config.LEASE_SECONDS / 3:
                if not Lease.objects.renew(owner, epoch):
                    return
                renewed_at = time.monotonic()
            children.watch()
            run.refresh_from_db(fields=["step"])
            tell(run.step)
            time.sleep(POLL_SECONDS)
    finally:
        children.stop()
        quarantine.sweep()
        Lease.objects.release(owner, epoch)
