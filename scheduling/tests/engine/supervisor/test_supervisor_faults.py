"""The main loop and what goes wrong in it: the database, its thread, the program."""

import threading

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError

from scheduling.engine.apscheduler_engine import Engine
from scheduling.engine.supervisor import CLEAN, FAULT, Supervisor
from scheduling.models import Lease, Run
from scheduling.tests.engine_factory import make_leader
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.usefixtures("_no_waiting")
STATE_RUNNING = 1  # APScheduler's


def test_with_its_schedulers_thread_dead_it_ends_with_1(iris):
    supervisor = make_leader()
    supervisor._engine._thread = threading.Thread(target=lambda: None)  # one that has ended
    assert supervisor.run() == FAULT == 1
    assert not Lease.objects.held().exists()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("away"),
        DatabaseError("connection lost\nis the server running?"),
        InterfaceError("connection already closed"),
        OperationalError(),
    ],
)
def test_it_waits_while_the_database_is_away(iris, monkeypatch, error):
    supervisor = Supervisor()
    turns = iter([error, error, None])

    def step():
        if problem := next(turns):
            raise problem
        supervisor.stop()
        return CLEAN

    monkeypatch.setattr(supervisor, "_step", step)
    assert supervisor.run() == CLEAN
    assert list(turns) == []


def test_a_fault_while_it_begins_to_lead_does_not_keep_it_from_firing(iris, monkeypatch):
    supervisor = Supervisor()
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "reconcile", away)
        with pytest.raises(OperationalError):
            supervisor._step()
    supervisor._step()
    assert supervisor._engine._scheduler.state == STATE_RUNNING


def test_a_fault_between_claim_and_start_leaves_no_run_without_a_child(iris, monkeypatch, children_do):
    children_do("ready()")
    run = make_run(iris)
    supervisor = make_leader()
    with monkeypatch.context() as patch:
        patch.setattr(Run, "refresh_from_db", away)
        with pytest.raises(OperationalError):
            supervisor._step()
    supervisor._step()
    run.refresh_from_db()
    assert run.status != "running" or not supervisor._children.idle


def test_a_fault_of_the_program_ends_it_with_1_and_gives_the_lease_back(iris, monkeypatch):
    supervisor = make_leader()
    monkeypatch.setattr(supervisor._engine, "reconcile", broken)
    assert supervisor.run() == FAULT
    assert not Lease.objects.held().exists()


def away(*args, **kwargs):
    raise OperationalError("the database is away")


def broken(*args, **kwargs):
    raise ValueError("a bug")
