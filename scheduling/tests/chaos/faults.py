"""Fault points: places, most of them inside a transaction, at which a process may kill itself."""

import functools
import os
import random
import signal
import sys

from django.conf import settings

from scheduling.engine import job_store, supervisor
from scheduling.engine.run_processes import Children
from scheduling.judging import judge
from scheduling.models import Run
from scheduling.models.lease import LeaseQuerySet
from scheduling.models.run import RunQuerySet
from scheduling.models.watch import WatchQuerySet
from scheduling.tests.chaos import record
from scheduling.watch import opening, watches

# What dies after each: (where it is looked up, its name).
POINTS = [
    (job_store, "queue_occurrence"),  # the runs are written, the job is not
    (job_store, "_write"),  # both are written, nothing is committed
    (LeaseQuerySet, "take"),  # the lease is taken, the old leader's runs are not closed
    (LeaseQuerySet, "renew"),
    (RunQuerySet, "enqueue"),  # marked and queued again, or asked for; nothing is committed
    (RunQuerySet, "claim"),  # claimed, nothing is committed
    (Run, "refresh_from_db"),  # claimed, and no child yet
    (Children, "start"),
    (judge.ledger, "promote"),  # the promotion is written, the run's verdict is not
    (RunQuerySet, "close"),  # both are written, nothing is committed
    (opening, "open_watch"),  # the promotion and its watch are written, nothing is committed
    (supervisor, "act_on"),  # what a look found is queued, nothing is committed
    (WatchQuerySet, "saw"),  # noted; or closed, and the roll back is not committed
    (watches, "roll_back"),  # rolled back and held, nothing is committed
]


def switch_on():
    """Let each point end the process now and then."""
    chance = random.Random(os.getpid())
    for owner, name in POINTS:
        setattr(owner, name, _deadly(getattr(owner, name), name, chance))


def _deadly(function, name, chance):
    @functools.wraps(function)
    def called(*args, **kwargs):
        result = function(*args, **kwargs)
        if chance.random() < settings.CHAOS_FAULTS:
            record.write("faults", f"{name} {' '.join(sys.argv[1:3])}")
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return called
