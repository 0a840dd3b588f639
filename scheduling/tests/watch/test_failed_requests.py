"""The watch and requests that fail: counted by version and block, also where nothing is answered at all."""

from datetime import timedelta

import pytest

from predictions.models import Promotion, RequestCount
from scheduling.models import Watch
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, count_block, look, watched

MINUTE = timedelta(minutes=1)


@pytest.fixture
def flip(iris, live, strong):
    """`strong` replaced `weak`, of whose requests none had failed in two hours; nothing is logged."""
    watched(iris)
    promotion = make_live(strong)
    for i in range(1, 25):
        count_block(live, promotion.at - i * BLOCK)
    look(iris, promotion.at + MINUTE)
    return promotion


def after(promotion, blocks, **columns):
    for i in range(blocks):
        count_block(promotion.version, promotion.at + i * BLOCK, **columns)
    count_block(promotion.version, promotion.at + blocks * BLOCK, answered=1)
    return promotion.at + blocks * BLOCK + 2 * MINUTE


def test_a_version_that_fails_every_request_is_rolled_back_though_it_logs_nothing(iris, live, flip):
    [told] = look(iris, after(flip, 6, answered=0, failed=50))
    newest = iris.live_promotion()
    assert (newest.kind, newest.version) == (Promotion.Kind.ROLL_BACK, live)
    assert "errors: 300 of 300 requests failed, and in 6 of 6 blocks of 5 minutes" in newest.reason
    assert "more than 2.0% of them; before it was in at most 0.19" in newest.reason
    assert "bound 160" in newest.reason
    assert newest.reason in told
    assert Watch.objects.get().status == Watch.Status.ROLLED_BACK
    iris.refresh_from_db()
    assert iris.is_held


def test_workers_add_up_and_what_clients_did_wrong_does_not_count(iris, flip):
    for _ in range(2):
        count_block(flip.version, flip.at, answered=9, failed=1)
    look(iris, after(flip, 1, answered=10))
    errors = Watch.objects.get().evidence["errors"]
    assert (errors["requests"], errors["failed"], errors["blocks"], errors["bad"]) == (30, 2, 1, 0)


def test_a_quiet_hour_passes(iris, flip):
    assert look(iris, after(flip, 12)) == [f"watch of {flip}: passed."]
    assert "errors: 600 requests; latency: no five minutes" in Watch.objects.get().reason


def test_failures_of_others_and_of_before_are_not_its_own(iris, live, flip):
    for i in range(6):
        count_block(live, flip.at + i * BLOCK, answered=0, failed=50)
    count_block(flip.version, flip.at - BLOCK, answered=0, failed=50)  # tried before it went live
    look(iris, after(flip, 6))
    assert Watch.objects.get().evidence["errors"]["failed"] == 0


def test_a_watch_of_before_the_rule_goes_on_without_it(iris, flip):
    watch = Watch.objects.get()
    del watch.evidence["errors"]
    watch.save()
    look(iris, after(flip, 6, answered=0, failed=50))
    watch.refresh_from_db()
    assert (watch.status, watch.evidence["errors"]["blocks"]) == (Watch.Status.OPEN, 0)
    assert "without this rule" in watch.evidence["errors"]["missing"]


def test_what_was_counted_before_the_flip_is_asked_for_a_day_only(iris, live, strong):
    watched(iris)
    promotion = make_live(strong)
    count_block(live, promotion.at - timedelta(days=2), failed=25)
    look(iris, promotion.at + MINUTE)
    assert "fewer than 20 requests" in Watch.objects.get().evidence["errors"]["missing"]
    assert RequestCount.objects.count() == 1
