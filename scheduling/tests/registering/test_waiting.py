"""One thread of a worker receives or waits, and no more; nothing is cancelled by waiting."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from predictions.models import Worker
from scheduling.models import Lease, Run
from scheduling.registering import waiting
from scheduling.registering.waiting import Slot, WorkerBusy, wait_until_served, why_unfinished
from scheduling.tests.run_factory import make_run, make_running


@pytest.fixture
def clock(monkeypatch):
    """Time passes only while somebody sleeps; `clock.happen` is done then."""
    clock = SimpleNamespace(now=0.0, happen=lambda: None)

    def pause(seconds, event):
        clock.now += seconds
        clock.happen()

    monkeypatch.setattr(waiting, "pause", pause)
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_it_returns_as_soon_as_the_run_has_ended(iris, clock):
    def end():
        if clock.now > 3:
            Run.objects.update(status="finished", decision="kept", finished_at=timezone.now())

    clock.happen, run = end, make_run(iris)
    assert Slot().wait(run, seconds=60)
    assert (run.status, run.decision) == ("finished", "kept")
    assert 3 < clock.now < 4


def test_at_the_limit_nothing_is_cancelled(iris, clock):
    run = make_run(iris)
    assert not Slot().wait(run, seconds=7)
    assert run.status == "queued"
    assert 7 < clock.now < 8


@pytest.mark.parametrize("gives_way", [True, False])
def test_who_waits_gives_way_to_who_sends_a_file(iris, clock, gives_way):
    slot, run, got = Slot(), make_run(iris), []

    def send():
        try:
            with slot.occupied():
                got.append(True)
        except WorkerBusy:
            got.append(False)

    sender = threading.Thread(target=send)

    def begin():
        if not sender.ident:
            sender.start()
            slot._wanted.wait(0.2)

    clock.happen = begin
    with slot.occupied():
        slot.wait(run, seconds=7, gives_way=gives_way)
    sender.join()
    assert got == [gives_way]
    assert (clock.now < 1) is gives_way
    with slot.occupied():
        pass


def test_who_receives_does_not_give_way_and_a_fault_frees_the_slot():
    slot = Slot()
    with slot.occupied(), pytest.raises(WorkerBusy), slot.occupied():
        pass
    with pytest.raises(RuntimeError), slot.occupied():
        raise RuntimeError
    with slot.occupied():
        pass


def test_it_says_what_a_run_waits_for(iris):
    run = make_run(iris)
    no_scheduler = why_unfinished(run)
    Lease.objects.take("host:12:ab34cd56")
    idle = why_unfinished(run)
    busy = make_running(iris, task="retrain")
    assert f"run {busy.pk} (retrain iris)" in why_unfinished(run)
    assert len({no_scheduler, idle, why_unfinished(run)}) == 3
    assert no_scheduler.endswith("because no scheduler is running. Start one.")
    assert idle.endswith("UTC. It starts within seconds.")
    assert why_unfinished(run).endswith("It starts as soon as that has ended.")
    others = [make_run(iris) for _ in range(2)]
    assert why_unfinished(others[0]).endswith("1 other run in the queue comes first.")
    assert why_unfinished(others[1]).endswith("2 other runs in the queue come first.")
    assert "asking" in why_unfinished(make_running(iris, step="asking"))


def test_a_run_waits_for_nothing_in_another_lane(iris):
    Lease.objects.take("host:12:ab34cd56")
    make_running(iris, task="retrain")
    assert why_unfinished(make_run(iris, task="prune")).endswith("It starts within seconds.")


def test_it_waits_until_every_worker_serves_what_is_live(live, clock):
    now = timezone.now()
    columns = {"host": "h", "since": now, "seen_at": now}
    Worker.objects.create(pid=1, serves={"iris": "1.0"}, **columns)
    behind = Worker.objects.create(pid=2, serves={"iris": "0.9"}, **columns)
    Worker.objects.create(pid=3, serves={}, **columns | {"seen_at": now - timedelta(minutes=5)})  # gone

    def catch_up():
        if clock.now > 0.5:
            Worker.objects.filter(pk=behind.pk).update(serves={"iris": "1.0"})

    clock.happen = catch_up
    wait_until_served(live)
    assert 0.5 < clock.now < 1
    Worker.objects.filter(pk=behind.pk).update(serves={"iris": "0.9"})
    clock.happen = lambda: None
    wait_until_served(live)
    assert 2 < clock.now < 4  # two seconds more, and no longer
