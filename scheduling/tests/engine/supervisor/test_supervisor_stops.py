"""The main loop asked to stop: what it waits for, and what the exit code says."""

import signal

import pytest

from scheduling.engine import supervisor as supervisor_module
from scheduling.engine.supervisor import CLEAN, LEASE_LOST, Supervisor
from scheduling.models import Lease, Run
from scheduling.tests.engine_factory import (
    give_lease_to,
    lease,
    make_leader,
)
from scheduling.tests.process_factory import SLEEP
from scheduling.tests.run_factory import make_run

pytestmark = pytest.mark.usefixtures("_no_waiting")


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
    assert run.status == "interrupted"
    assert (lease().owner, Lease.objects.held().exists()) == ("", False)


def test_asked_to_stop_it_lets_the_run_at_work_end_within_the_limit(iris, children_do, pipe):
    children_do("ready(); time.sleep(0.3)")
    run, waiting = make_run(iris), make_run(iris)
    supervisor = make_leader(shutdown_seconds=30)
    supervisor._step()
    pipe.wait_until_ready()
    Run.objects.close(Run.objects.get(pk=run.pk), status="finished", decision="kept", reason="Worse.")
    supervisor.stop()
    assert supervisor.run() == CLEAN
    pipe.wait_until_all_have_ended()
    for row in (run, waiting):
        row.refresh_from_db()
    assert (run.status, run.reason, waiting.status) == ("finished", "Worse.", "queued")
    assert not Lease.objects.held().exists()


def test_it_keeps_its_lease_while_the_run_at_work_ends(iris, children_do, pipe):
    children_do(SLEEP)
    make_run(iris)
    supervisor = make_leader(shutdown_seconds=0.5)
    supervisor._step()
    pipe.wait_until_ready()
    renewed = lease().renewed_at
    supervisor._renewed_at -= 60
    supervisor.stop()
    assert supervisor.run() == CLEAN
    assert lease().renewed_at > renewed
    assert Run.objects.get().status == "interrupted"


def test_a_lease_lost_while_the_run_at_work_ends_is_told_by_75(iris, children_do, pipe):
    children_do(SLEEP)
    make_run(iris)
    supervisor = make_leader(shutdown_seconds=30)
    supervisor._step()
    pipe.wait_until_ready()
    give_lease_to("another")
    supervisor._renewed_at -= 60
    supervisor.stop()
    assert supervisor.run() == LEASE_LOST
    assert lease().owner == "another"


@pytest.mark.parametrize("ago", [0.0, 1.0])
def test_asked_again_it_waits_no_longer_unless_it_was_the_same_ctrl_c(iris, ago):
    supervisor = Supervisor(shutdown_seconds=30)
    supervisor.stop()
    assert not supervisor._hurried
    supervisor._asked_at -= ago
    supervisor.stop()
    assert supervisor._hurried is (ago > 0)


def test_a_signal_in_the_middle_of_a_wait_ends_it(iris, monkeypatch):
    monkeypatch.setattr(supervisor_module, "POLL_SECONDS", 600)
    supervisor = Supervisor()
    before = signal.signal(signal.SIGALRM, lambda *_: supervisor.stop())
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        assert supervisor.run() == CLEAN
    finally:
        signal.signal(signal.SIGALRM, before)
