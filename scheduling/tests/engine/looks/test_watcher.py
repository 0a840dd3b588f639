"""The process that looks: only where there is something to see, and none waits for one that hangs."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.models import Promotion
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.engine.looks import one_look
from scheduling.engine.looks.watcher import Watcher
from scheduling.models import Run, Watch
from scheduling.tests.process_factory import SLEEP, STUBBORN
from scheduling.tests.watch_factory import watched


@pytest.fixture
def watcher(db, monkeypatch):
    """It has nobody to look at yet, and asks at each step; what a test leaves is ended."""
    monkeypatch.setattr(one_look, "ASK_SECONDS", 0.0)
    watcher = Watcher()
    yield watcher
    watcher.stop()


def flipped(name):
    """A flip that is watched, and whose first look is due."""
    model = make_model(name)
    make_live(make_version(model, f"{name} a"))
    watched(model)
    return Watch.objects.get(promotion=make_live(make_version(model, f"{name} b")))


def ended(watcher, pipe):
    """What it returns once the look has ended by itself."""
    pipe.wait_until_ready()
    watcher._look.child.process.wait(timeout=20)
    return watcher.step()


def test_the_child_gets_the_watch_to_look_at(watcher, monkeypatch):
    asked = {}

    def command(**arguments):
        asked.update(arguments)
        return ["true"]

    monkeypatch.setattr("scheduling.engine.limited_process.command", command)
    watch = flipped("wine")
    watcher.step()
    assert asked["argv"][1:] == ["-m", "django", "runwatch", str(watch.pk)]
    assert asked["memory_mb"] == 4096


def test_where_nothing_is_watched_nothing_is_started(watcher):
    assert not watcher.idle
    assert watcher.step() is None
    assert watcher._look.child is None
    assert watcher.idle


def test_where_nothing_is_new_no_process_is_started_and_a_minute_later_that_is_a_look(watcher):
    watch, now = flipped("wine"), timezone.now()
    Watch.objects.update(evidence={"latency": {}}, looked_at=now)
    watcher.step()
    assert Watch.objects.get().looked_at == now
    Watch.objects.update(looked_at=now - timedelta(minutes=1))
    watcher.step()
    assert Watch.objects.get().looked_at >= now
    assert (watcher._look.child, watcher.idle) == (None, True)
    assert not Run.objects.exists()
    assert Watch.objects.get().counted_until == watch.counted_until


def test_one_that_ends_well_needs_nothing(watcher, children_do, pipe):
    children_do("ready()")
    flipped("wine")
    watcher.step()
    assert not watcher.idle
    assert ended(watcher, pipe) is None


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("ready(); sys.exit(3)", []),
        ("ready(); sys.exit(1)", ["exit code 1"]),
        ("ready(); os.abort()", ["signal SIGABRT"]),
    ],
)
def test_one_that_found_something_or_failed_needs_a_run(watcher, children_do, pipe, caplog, script, said):
    children_do(script)
    watch = flipped("wine")
    watcher.step()
    assert ended(watcher, pipe) == watch
    errors = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert [how for message, how in zip(errors, said, strict=True) if how in message] == said


def test_one_that_lost_the_database_is_done_again(watcher, children_do, pipe):
    children_do("ready(); sys.exit(75)")
    flipped("wine")
    watcher.step()
    assert ended(watcher, pipe) is None
    watcher.step()
    assert watcher._look.child is not None


def test_one_that_hangs_is_ended_and_the_others_have_their_turn(watcher, children_do, pipe, monkeypatch):
    children_do(STUBBORN)
    first, second = flipped("wine"), flipped("beer")
    watcher.step()
    assert watcher._look.child.row in (first, second)
    hanging = watcher._look.child.row
    pipe.wait_until_ready()
    assert watcher.step() is None
    monkeypatch.setattr(one_look, "LIMIT_SECONDS", -1.0)
    assert watcher.step() == hanging
    pipe.wait_until_all_have_ended()
    watcher.step()
    assert {hanging, watcher._look.child.row} == {first, second}


def test_after_a_fault_a_watch_rests_and_that_is_no_reason_to_stay(watcher, children_do, pipe):
    children_do("ready(); sys.exit(1)")
    flipped("wine")
    watcher.step()
    ended(watcher, pipe)
    watcher.step()
    assert (watcher._look.child, watcher.idle) == (None, True)


def test_stopped_it_leaves_no_process(watcher, children_do, pipe):
    children_do(SLEEP)
    flipped("wine")
    watcher.step()
    pipe.wait_until_ready()
    watcher.stop()
    pipe.wait_until_all_have_ended()
    assert Promotion.objects.count() == 2
