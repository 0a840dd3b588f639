"""What a wrong clock dated years ahead neither lasts for years nor counts as new."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from predictions.models import Promotion
from predictions.tests.factories import make_person
from scheduling.approvals.approvals import ApprovalLapsed, approve, lapse_outdated, still_open
from scheduling.models import Run, Watch
from scheduling.operations.prometheus import runs as ended_runs
from scheduling.tasks import TASKS
from scheduling.tests.run_factory import make_awaiting, make_running
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import log_block, look, watched

YEARS = timedelta(days=3652)
BAKE = timedelta(hours=1)


@pytest.fixture
def flip(iris, live, strong):
    watched(iris)
    return make_live(strong)


def pruned(model):
    run = make_running(model, task="prune")
    TASKS[run.task](run)
    run.refresh_from_db()
    return run.reason


def test_a_question_that_would_be_open_for_years_lapses(iris, live, strong):
    with time_machine.travel(timezone.now() + YEARS):
        run = make_awaiting(iris, strong)
    assert still_open() == []
    with pytest.raises(ApprovalLapsed, match=f"{run.approval_request.asked_at:%Y-%m-%d %H:%M} UTC"):
        approve(run, user=make_person("ann"), reason="Go.")
    run.refresh_from_db()
    assert (run.decision, run.approval_request.answer.kind) == ("lapsed", "lapsed")
    assert Promotion.objects.count() == 1


def test_a_question_may_be_dated_by_another_hosts_clock(iris, live, strong):
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        run = make_awaiting(iris, strong)
    assert lapse_outdated(iris) == 0
    assert still_open() == [run]


def test_a_watch_that_would_begin_in_years_begins_now_and_is_told(iris, flip, caplog):
    now = flip.at + timedelta(minutes=1)
    look(iris, now)
    Watch.objects.update(counted_until=now + YEARS, until=now + YEARS + BAKE)
    look(iris, now)
    watch = Watch.objects.get()
    assert (watch.counted_until, watch.until, watch.status) == (now, now + BAKE, "open")
    assert any("a clock was wrong. It begins now" in line for line in caplog.messages)
    log_block(flip.version, now + BAKE, [(5.1, 3.5, 1.4, 0.2)])
    look(iris, now + BAKE + timedelta(minutes=2))
    assert not Watch.objects.open().exists()


def test_a_flip_that_the_ledger_dates_in_years_is_watched_from_now(iris, flip):
    look(iris, flip.at - YEARS)
    watch = Watch.objects.get()
    assert (watch.counted_until, watch.until) == (flip.at - YEARS, flip.at - YEARS + BAKE)


def test_a_run_that_ended_in_a_time_to_come_is_not_of_the_last_hour(iris):
    make_running(iris, status="finished", finished_at=timezone.now() + YEARS)
    (family,) = ended_runs()
    assert family.samples == []


def test_prune_leaves_alone_what_is_dated_ahead_and_says_so(iris, live):
    with time_machine.travel(timezone.now() + YEARS):
        run = make_running(iris, status="finished", finished_at=timezone.now())
    log_block(live, timezone.now() + YEARS, [(5.1, 3.5, 1.4, 0.2)])
    assert " 2 rows " in pruned(iris)
    assert Run.objects.filter(pk=run.pk).exists()


def test_prune_says_nothing_where_all_clocks_were_right(iris, live):
    assert " rows " not in pruned(iris)
