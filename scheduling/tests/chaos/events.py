"""What happens to the schedulers, and what is set up before and switched off after."""

import os
import random
import shlex
import signal
import subprocess
import time
from contextlib import suppress

from django.apps import apps
from django.db import Error, connection

from predictions.models import ModelVersion, RegisteredModel
from predictions.models.promotion import live_promotion
from predictions.registry.promotion import Approval, LiveVersionChanged, promote
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Schedule
from scheduling.tests.chaos.stage import signal_a_child
from scheduling.tests.run_factory import make_schedule
from scheduling.tests.watch_factory import watched

PERSON = "a person"


def set_the_stage():
    """A model with two versions, whose flips are watched; schedules, quicker than people may make them."""
    RegisteredModel.objects.all().delete()
    model = make_model()
    make_live(make_version(model, "one"))
    make_version(model, "two")
    watched(model)
    return [
        make_schedule(model, name="left as it is", every_seconds=3),
        make_schedule(model, name="queued again", every_seconds=5, after_interruption="queue_again"),
        make_schedule(model, name="in its own lane", every_seconds=4, task="prune"),
    ]


def times():
    """When each schedule is due next, by its id."""
    rows = apps.get_model("django_apscheduler", "DjangoJob").objects.values_list("id", "next_run_time")
    return {int(pk): due for pk, due in rows}


def first_times(schedules, schedulers):
    """Wait until the first leader has planned them; fault points may kill both before that."""
    deadline = time.monotonic() + 60
    while len(found := times()) < len(schedules):
        assert time.monotonic() < deadline, "nobody leads"
        for one in schedulers:
            one.keep_up()
        time.sleep(0.05)
    return found


def switch_off(schedules):
    """Let nothing more be due; return how far each schedule has come."""
    until = times()
    Schedule.objects.update(enabled=False)
    return until


def let_happen(events, chance, schedulers, folder, watch, ttl):
    """Do this and that to them, so many times; return the names of what was done."""
    happened = []
    kinds = [kill_leader, kill_leader, kill_standby, freeze_leader, kill_child, freeze_child, stop_leader]
    kinds += [flip, flip, flip]
    if "RESTART_DATABASE" in os.environ:
        kinds += [restart_database, restart_database]
    while len(happened) < events:
        wait(chance.uniform(1.0, 5.0), schedulers)
        kind = chance.choice(kinds)
        if kind(leader_and_standby(schedulers, watch), folder, watch, ttl, schedulers):
            happened.append(kind.__name__)
    wait(3 * ttl, schedulers)
    return happened


def wait(seconds, schedulers):
    """Let time pass, and start again what has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for scheduler in schedulers:
            scheduler.keep_up()
        time.sleep(0.05)


def leader_and_standby(schedulers, watch):
    """Who leads, by the process id in the lease's owner, and the other one."""
    leading = [s for s in schedulers if f":{s.process.pid}:" in watch.owner and s.process.poll() is None]
    others = [s for s in schedulers if s not in leading and s.process.poll() is None]
    return (leading or [None])[0], (others or [None])[0]


def is_up(standby):
    """Whether another one can take over at once."""
    return standby is not None and standby.is_up


def kill_leader(pair, folder, watch, ttl, schedulers):
    """kill -9."""
    if pair[0]:
        watch.began("killed", measured=is_up(pair[1]))
        pair[0].signal(signal.SIGKILL)
    return pair[0]


def kill_standby(pair, folder, watch, ttl, schedulers):
    """kill -9."""
    if pair[1]:
        pair[1].signal(signal.SIGKILL)
    return pair[1]


def stop_leader(pair, folder, watch, ttl, schedulers):
    """SIGTERM."""
    if pair[0]:
        watch.began("stopped", measured=is_up(pair[1]))
        pair[0].signal(signal.SIGTERM)
    return pair[0]


def freeze_leader(pair, folder, watch, ttl, schedulers):
    """Until another one leads, then let it go on: it must give way."""
    if pair[0]:
        pair[0].signal(signal.SIGSTOP)
        wait(ttl + 2, schedulers)
        pair[0].signal(signal.SIGCONT)
    return pair[0]


def kill_child(pair, folder, watch, ttl, schedulers):
    """The process of a run or of a look."""
    return signal_a_child(folder, signal.SIGKILL, random)


def freeze_child(pair, folder, watch, ttl, schedulers):
    """For good: its time limit must end it."""
    return signal_a_child(folder, signal.SIGSTOP, random)


def flip(pair, folder, watch, ttl, schedulers):
    """By a person; then some quiet, in which it may be looked at and rolled back."""
    model = RegisteredModel.objects.get()
    live = live_promotion(model)
    other = ModelVersion.objects.exclude(pk=live.version_id).first()
    with suppress(LiveVersionChanged, Error):  # a run was first, or the database is away
        promote(version=other, replacing=live, approval=Approval(by=PERSON, reason="because"))
    wait(4 * ttl, schedulers)
    return live


def restart_database(pair, folder, watch, ttl, schedulers):
    """As after a crash."""
    command = shlex.split(os.environ["RESTART_DATABASE"])
    path = {"PATH": os.environ["PATH"]}  # nothing of ours: the server is none of the processes under test
    done = subprocess.run(command, env=path, stdout=subprocess.DEVNULL, check=True)
    for _ in range(100):
        try:
            connection.ensure_connection()
            times()
            break
        except Error:
            connection.close()
            time.sleep(0.05)
    return done
