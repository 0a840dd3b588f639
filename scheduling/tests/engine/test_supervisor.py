"""The main loop: who leads, which run starts, and how each ending is told by the exit code."""

import signal
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from predictions.tests.factories import make_live, make_model, make_version
from scheduling.engine import supervisor as supervisor_module
from scheduling.engine.apscheduler_engine import Engine
from scheduling.engine.supervisor import CLEAN, FAULT, LEASE_LOST, Supervisor
from scheduling.models import Lease, Run, Watch
from scheduling.tests.engine_factory import look, make_due, make_engine, stored_jobs, without_threads
from scheduling.tests.process_factory import SLEEP
from scheduling.tests.run_factory import make_run, make_running
from scheduling.tests.watch_factory import watched

STATE_RUNNING = 1  # APScheduler's


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """The loop goes round at once, no thread is started, and the test keeps its connection."""
    monkeypatch.setattr(supervisor_module, "POLL_SECONDS", 0)
    monkeypatch.setattr(supervisor_module, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(supervisor_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(supervisor_module, "Ingester", NoIngester)
    with without_threads():
        yield


class NoIngester:
    """In place of the process that ingests the prediction log."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda: self.calls.append(name)


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


def test_it_says_when_the_old_leader_was_last_seen(iris):
    left = make_running(iris, epoch=1)
    Lease.objects.take("host:12:ab34cd56")
    seen = timezone.now() - timedelta(minutes=5)
    Lease.objects.update(renewed_at=seen, expires_at=seen)
    make_leader()
    left.refresh_from_db()
    assert left.reason.endswith(f"is gone. It was last seen at {seen:%Y-%m-%d %H:%M:%S} UTC.")


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


@pytest.mark.parametrize("task", ["prune", "watch"])
def test_what_is_in_another_lane_waits_for_no_training(iris, children_do, pipe, task):
    children_do(SLEEP)
    training, waiting, other = (make_run(iris, task=name) for name in ("retrain", "upload", task))
    supervisor = make_leader()
    supervisor._step()
    for _ in range(2):
        pipe.wait_until_ready()
    assert statuses(training, waiting, other) == ["running", "queued", "running"]
    supervisor._shut_down(CLEAN)
    pipe.wait_until_all_have_ended()
    assert statuses(training, waiting, other) == ["interrupted", "queued", "interrupted"]


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


def test_once_it_does_what_is_due_and_queued_and_ends(iris, children_do, pipe):
    schedule = iris.schedules.get()
    children_do("ready()")
    engine = make_engine()
    make_due(engine, schedule)
    asked = make_run(iris)
    supervisor = Supervisor(once=True)
    guarded = supervisor._guarded_step

    def step_and_look():
        code = guarded()
        look(supervisor._engine)  # what its thread would do
        return code

    supervisor._guarded_step = step_and_look
    assert supervisor.run() == CLEAN
    assert {run.pk == asked.pk: run.status for run in Run.objects.all()} == {True: "failed", False: "failed"}
    assert Run.objects.filter(trigger="schedule").count() == 1
    assert not Lease.objects.held().exists()


def test_once_it_leaves_the_work_to_another_that_leads(iris, settings):
    settings.LEASE_SECONDS = 0
    Lease.objects.create(
        name="scheduler", owner="another", epoch=3, expires_at=timezone.now() + timedelta(minutes=1)
    )
    run = make_run(iris)
    assert Supervisor(once=True).run() == CLEAN
    run.refresh_from_db()
    assert run.status == "queued"


@pytest.fixture
def flip(db):
    """One that is watched, and whose first look is due."""
    return flipped()


def flipped():
    model = make_model()
    make_live(make_version(model, "a"))
    watched(model)
    return make_live(make_version(model, "b"))


def test_a_look_waits_for_no_training_and_what_it_found_is_a_run_at_once(iris, children_do, pipe):
    children_do(SLEEP)
    training = make_run(iris, task="retrain")
    supervisor = make_leader()
    supervisor._step()
    pipe.wait_until_ready()
    flip = flipped()
    children_do("ready(); sys.exit(3)")
    supervisor._watcher._asked_at = -60
    supervisor._step()
    pipe.wait_until_ready()
    supervisor._watcher._child.process.wait(timeout=20)
    children_do(SLEEP)
    supervisor._step()
    pipe.wait_until_ready()
    acting = Watch.objects.get(promotion=flip).run
    assert statuses(training, acting) == ["running", "running"]
    assert (acting.task, acting.epoch) == ("watch", supervisor.epoch)
    supervisor._shut_down(CLEAN)
    pipe.wait_until_all_have_ended()
    assert statuses(training, acting) == ["interrupted", "interrupted"]


def test_a_leader_that_was_frozen_queues_nothing_for_what_a_look_found(flip):
    supervisor = make_leader()
    give_lease_to("another")  # and this one does not know yet
    supervisor._act_on(flip.watch)
    assert not Run.objects.exists()


def test_asked_to_stop_it_ends_the_look_and_writes_nothing(flip, children_do, pipe):
    children_do(SLEEP)
    supervisor = make_leader()
    supervisor._step()
    pipe.wait_until_ready()
    supervisor.stop()
    assert supervisor.run() == CLEAN
    pipe.wait_until_all_have_ended()
    assert (Watch.objects.get().looked_at, Run.objects.exists()) == (None, False)


def test_once_it_looks_and_acts_before_it_ends(flip, children_do, pipe):
    children_do("ready(); sys.exit(3)")
    supervisor = Supervisor(once=True)
    guarded = supervisor._guarded_step

    def step_and_look():
        code = guarded()
        look(supervisor._engine)  # what its thread would do
        return code

    supervisor._guarded_step = step_and_look
    assert supervisor.run() == CLEAN
    assert [(run.task, run.status) for run in Run.objects.all()] == [("watch", "failed")]


def test_the_ingester_runs_beside_it_whether_it_leads_or_not(iris):
    leader, standby = make_leader(), Supervisor()
    standby._step()
    for supervisor in (leader, standby):
        supervisor._shut_down(CLEAN)
        assert supervisor._ingester.calls == ["watch", "ask_to_end", "stop"]


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
    assert (run.status, run.epoch, supervisor._children.idle) == ("queued", None, True)
    iris.schedules.update(every_seconds=3600)
    assert supervisor.run() == LEASE_LOST  # at its first write, before its lease would be renewed


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
