"""`manage.py runwatch` looks and leaves the acting to a run, whose task looks again."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.utils import timezone

from predictions.models import Promotion
from predictions.models.promotion import live_promotion
from scheduling.engine.looks.watcher import TO_ACT_ON
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.models import Run, Watch
from scheduling.runs.transitions import act_on
from scheduling.tasks import TASKS
from scheduling.tests.run_factory import EPOCH, make_running
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, log_block, watched
from scheduling.watch import watches

HOUR = timedelta(hours=1)
ROWS = [(5.1, 3.5, 1.4, 0.2), (6.3, 2.9, 5.6, 1.8)] * 10


@pytest.fixture
def watch(iris, live, strong):
    """Of a flip an hour ago, with a bake time of two."""
    watched(iris, minutes=120)
    promotion = make_live(strong)
    at = promotion.at - HOUR
    Promotion.objects.filter(pk=promotion.pk).update(at=at)
    Watch.objects.update(counted_until=at, until=at + 2 * HOUR, looked_at=timezone.now())
    for i in range(1, 25):
        log_block(live, at - i * BLOCK, ROWS)
    return Watch.objects.with_flip().get()


def log(watch, **columns):
    """Eleven blocks, and one row more, by which the ingester shows that it is not behind."""
    for i in range(11):
        log_block(watch.promotion.version, watch.promotion.at + i * BLOCK, ROWS, **columns)
    log_block(watch.promotion.version, watch.promotion.at + 11.5 * BLOCK, ROWS[:1])


def do(run):
    """Claim and do the run, as the scheduler and its child."""
    assert Run.objects.claim(run, epoch=EPOCH)
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    return run


def test_a_look_without_news_is_no_run(watch):
    log(watch)
    call_command("runwatch", str(watch.pk))
    row = Watch.objects.get()
    assert (row.status, row.counted_until) == ("open", watch.promotion.at + 11 * BLOCK)
    assert row.evidence["latency"]["sizes"]["1"]["blocks"] == 11
    assert not Run.objects.exists()


@pytest.mark.usefixtures("is_slow")
def test_a_breach_is_told_by_the_exit_code_and_changes_nothing(iris, watch):
    log(watch, latency_us=4000)
    with pytest.raises(CommandError, match=r" 11 of 11 .*latency: ") as told:
        call_command("runwatch", str(watch.pk))
    assert told.value.returncode == TO_ACT_ON
    assert (Watch.objects.get().status, live_promotion(iris)) == ("open", watch.promotion)
    assert Watch.objects.get().counted_until == watch.promotion.at


@pytest.mark.usefixtures("is_slow")
def test_the_run_that_follows_rolls_back_and_is_the_audit(iris, live, watch):
    log(watch, latency_us=4000)
    run = do(act_on(watch, now=timezone.now()))
    row = Watch.objects.get()
    newest = live_promotion(iris)
    assert (row.status, row.run, row.roll_back, newest.version) == ("rolled_back", run, newest, live)
    assert newest.by == f"watch in run {run.pk}"
    assert (run.status, run.promotion) == ("finished", None)
    assert run.reason == f"watch of {watch.promotion}: {row.reason}"


def test_a_run_that_finds_it_gone_says_so(watch):
    log(watch)
    assert do(act_on(watch, now=timezone.now())).reason == f"{watch}: {watches.STILL_OPEN}"


def test_a_run_without_a_watch_has_nothing_to_do(iris, watch):
    run = make_running(iris, task="watch")
    TASKS[run.task](run)
    run.refresh_from_db()
    assert (run.status, bool(run.reason)) == ("finished", True)


@pytest.mark.usefixtures("is_slow")
def test_a_roll_back_and_the_end_of_its_run_are_one(iris, watch, monkeypatch):
    log(watch, latency_us=4000)
    run = act_on(watch, now=timezone.now())
    Run.objects.claim(run, epoch=EPOCH)
    monkeypatch.setattr(type(Run.objects), "close", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("runjob", str(run.pk), epoch=EPOCH)
    assert (Watch.objects.get().status, live_promotion(iris)) == ("open", watch.promotion)
    assert Run.objects.get().status == "running"


def test_a_watch_that_has_ended_is_not_looked_at(watch):
    Watch.objects.close(watch, status=Watch.Status.PASSED, reason="Fine.", now=timezone.now())
    before = Watch.objects.get().looked_at
    call_command("runwatch", str(watch.pk))
    assert Watch.objects.get().looked_at == before


def test_a_database_that_goes_away_is_told_by_the_exit_code(watch, monkeypatch):
    monkeypatch.setattr("scheduling.management.commands.runwatch.look", away)
    with pytest.raises(CommandError, match="gone") as told:
        call_command("runwatch", str(watch.pk))
    assert told.value.returncode == DATABASE_AWAY


def away(*args, **kwargs):
    raise OperationalError("gone")


def killed(*args, **columns):
    raise KeyboardInterrupt
