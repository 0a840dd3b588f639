"""An engine that has begun, without its thread: tests look for due jobs themselves."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from scheduling.engine.apscheduler_engine import Engine
from scheduling.engine.supervisor import CLEAN, Supervisor
from scheduling.models import Lease, Run


@contextmanager
def without_threads():
    """Threads are neither started nor waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda thread: None)
        patch.setattr(threading.Thread, "join", lambda thread, timeout=None: None)
        yield


def make_engine():
    """A new engine, as in a process that has just taken the lease. Its jobs are in the database."""
    engine = Engine(leads=lambda: True)
    with without_threads():
        engine.start()
    return engine


def look(engine):
    """What the thread does when it wakes up: fire what is due."""
    return engine._scheduler._process_jobs()


def make_due(engine, schedule, *, ago=timedelta(seconds=1)):
    """Let the schedule's job be due since a while; return the time it was due."""
    due = datetime.now(UTC) - ago
    engine._scheduler.modify_job(str(schedule.pk), next_run_time=due)
    return due


def job_of(engine, schedule):
    """The job as it is stored, or None."""
    return engine._scheduler.get_job(str(schedule.pk))


def stored_jobs():
    """The rows of django-apscheduler: next time by id."""
    return dict(apps.get_model("django_apscheduler", "DjangoJob").objects.values_list("id", "next_run_time"))


def make_leader(**options):
    supervisor = Supervisor(**options)
    assert supervisor._step() == CLEAN
    assert supervisor.epoch is not None
    return supervisor


def lease():
    return Lease.objects.get()


def give_lease_to(owner):
    """As if this process had slept, and another one had taken over."""
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return Lease.objects.take(owner)


def statuses(*runs):
    return [Run.objects.get(pk=run.pk).status for run in runs]
