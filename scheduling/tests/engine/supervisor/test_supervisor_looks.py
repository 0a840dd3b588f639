"""The main loop and watches, and `--once`: what is due is done before it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.tests.factories import make_live, make_model, make_version
from scheduling.engine.supervisor import CLEAN, Supervisor
from scheduling.models import Lease, Run, Watch
from scheduling.tests.engine_factory import give_lease_to, look, make_due, make_engine, make_leader, statuses
from scheduling.tests.process_factory import SLEEP
from scheduling.tests.run_factory import make_run
from scheduling.tests.watch_factory import watched

pytestmark = pytest.mark.usefixtures("_no_waiting")


def look_after_each_step(supervisor):
    """What its thread would do."""
    guarded = supervisor._guarded_step

    def step_and_look():
        code = guarded()
        look(supervisor._engine)
        return code

    supervisor._guarded_step = step_and_look


def test_once_it_does_what_is_due_and_queued_and_ends(iris, children_do, pipe):
    schedule = iris.schedules.get()
    children_do("ready()")
    engine = make_engine()
    make_due(engine, schedule)
    asked = make_run(iris)
    supervisor = Supervisor(once=True)
    look_after_each_step(supervisor)
    assert supervisor.run() == CLEAN
    assert {run.pk == asked.pk: run.status for run in Run.objects.all()} == {True: "failed", False: "failed"}
    assert Run.objects.filter(trigger="schedule").count() == 1
    assert not Lease.objects.held().exists()


def test_once_it_leaves_the_work_to_another_that_leads(iris, config):
    config.LEASE_SECONDS = 0
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
    supervisor._watcher._look.ask_at_once()
    supervisor._step()
    pipe.wait_until_ready()
    supervisor._watcher._look.child.process.wait(timeout=20)
    children_do(SLEEP)
    supervisor._step()
    pipe.wait_until_ready()
    acting = Watch.objects.get(promotion=flip).run
    assert statuses(training, acting) == ["running", "running"]
    assert (acting.task, acting.epoch) == ("watch", supervisor.epoch)
    supervisor._shut_down(CLEAN)
    pipe.wait_until_all_have_ended()
    assert statuses(training, acting) == ["interrupted", "interrupted"]


def test_a_leader_that_was_frozen_queues_nothing_for_what_a_look_found(flip, monkeypatch):
    supervisor = make_leader()
    give_lease_to("another")  # and this one does not know yet
    monkeypatch.setattr(supervisor._watcher, "step", lambda: flip.watch)
    supervisor._step()
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
    look_after_each_step(supervisor)
    assert supervisor.run() == CLEAN
    assert [(run.task, run.status) for run in Run.objects.all()] == [("watch", "failed")]
