"""The main loop: who leads, which run starts, and how each ending is told by the exit code."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from scheduling import supervisor as supervisor_module
from scheduling.models import Lease, Run
from scheduling.supervisor import CLEAN, FAULT, LEASE_LOST, Supervisor
from scheduling.tests.engine_factory import stored_jobs, without_threads
from scheduling.tests.process_factory import SLEEP
from scheduling.tests.run_factory import make_run, make_running

STATE_RUNNING = 1  # APScheduler's


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """The loop goes round at once, no thread is started, and the test keeps its connection."""
    monkeypatch.setattr(supervisor_module, "POLL_SECONDS", 0)
    monkeypatch.setattr(supervisor_module, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(supervisor_module, "close_old_connections", lambda: None)
    with without_threads():
        yield


def make_leader():
    supervisor = Supervisor()
    assert supervisor._step() == CLEAN
    assert supervisor.epoch is not None
    return supervisor


def lease():
    return Lease.objects.get()


def give_lease_to(owner):
    """As if this process had slept, and another one had taken over."""
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return Lease.objects.take(owner)


def test_the_first_leads_and_plans_the_schedules(iris):
    supervisor = make_leader()
    assert (lease().owner, lease().epoch) == (supervisor.owner, supervisor.epoch)
    assert stored_jobs().keys() == {str(iris.schedules.get().pk)}


def test_the_second_stands_by_and_touches_nothing(iris, children_do):
    first, second = make_leader(), Supervisor()
    run = make_run(iris)
    assert second._step() == CLEAN
    assert second.epoch is None
    assert (lease().owner, Run.objects.get(pk=run.pk).status) == (first.owner, "queued")
    second._shut_down(CLEAN)
    assert lease().owner == first.owner


def test_a_new_leader_closes_what_the_old_one_left_running(iris):
    left = make_running(iris, epoch=0)
    make_leader()
    left.refresh_from_db()
    assert (left.status, left.reason) == (
        "interrupted",
        "Interrupted: the scheduler that had started it is gone.",
    )


def test_it_starts_the_oldest_queued_run_and_one_at_a_time(iris, children_do, pipe):
    children_do(SLEEP)
    first, second = make_run(iris), make_run(iris)
    supervisor = make_leader()
    for _ in range(3):
        supervisor._step()
    pipe.wait_until_ready()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.epoch, second.status) == ("running", supervisor.epoch, "queued")
    supervisor._shut_down(CLEAN)
    pipe.wait_until_all_have_ended()


def test_asked_to_stop_it_ends_cleanly_and_gives_the_lease_back(iris, children_do, pipe):
    children_do(SLEEP)
    run = make_run(iris)
    supervisor = make_leader()
    supervisor._step()
    pipe.wait_until_ready()
    supervisor.stop()
    assert supervisor.run() == CLEAN
    pipe.wait_until_all_have_ended()
    run.refresh_from_db()
    assert (run.status, run.reason) == ("interrupted", "Interrupted: the scheduler was stopped.")
    assert (lease().owner, Lease.objects.held().exists()) == ("", False)


def test_it_renews_its_lease_a_third_of_the_way(iris):
    supervisor = make_leader()
    before = lease().renewed_at
    Lease.objects.update(renewed_at=before - timedelta(seconds=60))
    supervisor._step()
    assert lease().renewed_at == before - timedelta(seconds=60)
    supervisor._renewed_at -= 60
    supervisor._step()
    assert lease().renewed_at >= before


def test_with_its_lease_lost_it_ends_with_75_and_leaves_it_to_the_other(iris, children_do, pipe):
    children_do(SLEEP)
    run = make_run(iris)
    supervisor = make_leader()
    supervisor._step()
    pipe.wait_until_ready()
    give_lease_to("another")
    supervisor._renewed_at -= 60
    assert supervisor.run() == LEASE_LOST == 75
    pipe.wait_until_all_have_ended()
    run.refresh_from_db()
    assert run.status == "interrupted"
    assert (lease().owner, Lease.objects.held().exists()) == ("another", True)


def test_a_leader_that_was_frozen_starts_nothing_that_is_anothers_by_now(iris, children_do):
    run = make_run(iris)
    supervisor = make_leader()
    give_lease_to("another")  # and this one does not know yet
    assert supervisor._step() == CLEAN
    run.refresh_from_db()
    assert (run.status, run.epoch, supervisor._children.free) == ("queued", None, True)


def test_with_its_schedulers_thread_dead_it_ends_with_1(iris):
    supervisor = make_leader()
    supervisor._engine._store.beat_at -= supervisor_module.SILENCE_SECONDS + 1
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
        patch.setattr("scheduling.engine.trigger_of", away)
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
    assert run.status != "running" or not supervisor._children.free


def test_a_fault_of_the_program_ends_it_with_1_and_gives_the_lease_back(iris, monkeypatch):
    supervisor = make_leader()
    monkeypatch.setattr(supervisor._engine, "reconcile", broken)
    assert supervisor.run() == FAULT
    assert not Lease.objects.held().exists()


def away(*args, **kwargs):
    raise OperationalError("the database is away")


def broken(*args, **kwargs):
    raise ValueError("a bug")
