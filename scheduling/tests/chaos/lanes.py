"""What each lane does here: trainings flip, upkeep takes its time, looks find a breach now and then."""

import random
import time

from scheduling.management.commands import runwatch
from scheduling.models import Run
from scheduling.tasks import TASKS
from scheduling.tests.chaos import record, task
from scheduling.watch import watches

look, act = watches.look, TASKS["watch"]


def fill():
    """Put them in the place of the real ones."""
    TASKS.update({"validate": task.run, "prune": upkeep, "watch": acting})
    watches.as_text = breach
    runwatch.look = looking


def upkeep(run):
    """As a prune that has little to do."""
    record.write("begun", run.pk)
    time.sleep(random.Random(run.pk).uniform(0.5, 2.0))
    Run.objects.close(run, status=Run.Status.FINISHED, reason="Nothing went.")


def acting(run):
    """The real one."""
    record.write("begun", run.pk)
    act(run)


def looking(row, **columns):
    """The real one, and whether a training was at work beside it."""
    beside = Run.objects.running().filter(task="validate").exists()
    record.write("looked", f"{row.pk} {'beside' if beside else 'alone'}")
    return look(row, **columns)


def breach(*findings):
    """Most looks find something; and so do most of the runs that follow."""
    return random.choice(["a bad day", "a bad day", ""])
