"""The main loop: who leads, and which run starts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.engine.supervisor import CLEAN, LEASE_LOST, Supervisor
from scheduling.models import Lease, Run
from scheduling.tests.engine_factory import give_lease_to, lease, make_leader, statuses, stored_jobs
from scheduling.tests.process_factory import SLEEP
from scheduling.tests.run_factory import make_run, make_running

pytestmark = pytest.mark.usefixtures("_no_waiting")


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
    assert left.status == "interrupted"


def test_it_says_when_the_old_leader_was_last_seen(iris):
    left = make_running(iris, epoch=1)
    Lease.objects.take("host:12:ab34cd56")
    seen = timezone.now() - timedelta(minutes=5)
    Lease.objects.update(renewed_at=seen, expires_at=seen)
    make_leader()
    left.refresh_from_db()
    assert left.reason.endswith(f" {seen:%Y-%m-%d %H:%M:%S} UTC.")


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
