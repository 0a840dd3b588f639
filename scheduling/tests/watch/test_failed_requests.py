"""The watch and requests that fail: counted by version, caller and block, also where nothing is answered."""

from datetime import timedelta

import pytest

from predictions.models import Promotion, RequestCount
from predictions.models.promotion import live_promotion
from scheduling.models import Watch
from scheduling.tests.version_factory import make_live
from scheduling.tests.watch_factory import BLOCK, TWO, count_block, look, watched

MINUTE = timedelta(minutes=1)


@pytest.fixture
def flip(iris, live, strong):
    """`strong` replaced `weak`, of whose requests none had failed in two hours; nothing is logged."""
    watched(iris)
    promotion = make_live(strong)
    for i in range(1, 25):
        for who in TWO:
            count_block(live, promotion.at - i * BLOCK, who=who)
    look(iris, promotion.at + MINUTE)
    return promotion


def after(promotion, blocks, *, callers=TWO, **columns):
    for i in range(blocks):
        for who in callers:
            count_block(promotion.version, promotion.at + i * BLOCK, who=who, **columns)
    now = promotion.at + blocks * BLOCK + 2 * MINUTE
    count_block(promotion.version, promotion.at + blocks * BLOCK, answered=1, until=now)
    return now


def test_a_version_that_fails_every_request_is_rolled_back_though_it_logs_nothing(iris, live, flip):
    [told] = look(iris, after(flip, 6, answered=0, failed=50))
    newest = live_promotion(iris)
    assert (newest.kind, newest.version) == (Promotion.Kind.ROLL_BACK, live)
    for part in ("600 of 600", "(100.0 %)", "errors: ", " 2.0 %", "6 of 6", " 19.", "needed 160"):
        assert part in newest.reason
    assert newest.reason[1:] in told
    assert Watch.objects.get().status == Watch.Status.ROLLED_BACK
    iris.refresh_from_db()
    assert iris.is_held


def test_workers_add_up_and_what_clients_did_wrong_does_not_count(iris, flip):
    for _ in range(2):
        count_block(flip.version, flip.at, answered=9, failed=1, who="ann")
    look(iris, after(flip, 1, answered=10))
    errors = Watch.objects.get().evidence["errors"]
    assert sorted(errors["voices"].values()) == [[0, 10, 0], [2, 30, 0]]
    rates = {(rate["blocks"], rate["bad"]) for rate in errors["without"].values()}
    assert rates == {(1, 0), (0, 0)}  # without ann ten are too few for a block


def test_a_quiet_hour_passes(iris, flip):
    look(iris, after(flip, 12))
    watch = Watch.objects.get()
    assert (watch.status, " 1,200 " in watch.reason, " 12 " in watch.reason) == ("passed", True, True)


def test_failures_of_others_and_of_before_are_not_its_own(iris, live, flip):
    for i in range(6):
        count_block(live, flip.at + i * BLOCK, answered=0, failed=50)
    count_block(flip.version, flip.at - BLOCK, answered=0, failed=50)  # tried before it went live
    look(iris, after(flip, 6))
    assert {failed for failed, _, _ in Watch.objects.get().evidence["errors"]["voices"].values()} == {0}


def told(iris, flip):
    """Nothing is rolled back; what is told instead."""
    watch = Watch.objects.get()
    assert (watch.status, live_promotion(iris)) == (Watch.Status.OPEN, flip)
    return watch.evidence["told"]


def test_one_caller_whose_requests_fail_is_told_and_not_acted_on(iris, flip, admin_client):
    """Ben's are answered: it is ann alone, or what she asks."""
    for i in range(10):
        count_block(flip.version, flip.at + i * BLOCK, answered=0, failed=900, only_failed=900, who="ann")
    look(iris, after(flip, 10, callers=["ben"]))
    assert all(part in told(iris, flip) for part in ("9000 of 9500", " 9000 of those", "group 1"))
    assert "9000 of 9500" in admin_client.get("/admin/scheduling/watch/").content.decode()


def test_callers_without_a_token_are_told_and_not_acted_on(iris, flip):
    for i in range(10):
        count_block(flip.version, flip.at + i * BLOCK, answered=0, failed=9000, only_failed=9000)
    look(iris, after(flip, 10))
    assert " without a token" in told(iris, flip)
    assert "group" not in told(iris, flip)


def test_what_the_version_before_cannot_answer_either_is_no_failure(iris, flip):
    look(iris, after(flip, 10, callers=["", *TWO], failed=900, both_failed=900))
    assert told(iris, flip) == ""
    assert {failed for failed, _, _ in Watch.objects.get().evidence["errors"]["voices"].values()} == {0}


def ends_as(iris, live, strong, *, callers, anonymous="one_caller", **columns):
    """How a watch of an hour ends where these callers ask, before and after, and half of it fails."""
    watched(iris, watch_anonymous=anonymous)
    promotion = make_live(strong)
    for i in range(1, 25):
        for who in callers:
            count_block(live, promotion.at - i * BLOCK, who=who)
    look(iris, promotion.at + MINUTE)
    look(iris, after(promotion, 12, callers=callers, failed=25, **columns))
    return Watch.objects.get().status


def test_the_only_caller_with_a_token_is_enough_where_the_version_before_answers(iris, live, strong):
    status = ends_as(iris, live, strong, callers=["ann"], answered=25, only_failed=25)
    assert status == Watch.Status.ROLLED_BACK


def test_the_only_caller_with_a_token_is_not_enough_where_nobody_knows(iris, live, strong):
    assert ends_as(iris, live, strong, callers=["ann"], answered=25) == Watch.Status.PASSED


@pytest.mark.parametrize(
    ("anonymous", "status"), [("one_caller", "passed"), ("left_out", "unseen"), ("trusted", "rolled_back")]
)
def test_callers_without_a_token_decide_alone_only_where_the_policy_says_so(
    iris, live, strong, anonymous, status
):
    ended = ends_as(iris, live, strong, callers=[""], anonymous=anonymous, answered=25, only_failed=25)
    assert ended == status
    errors = Watch.objects.get().evidence["errors"]
    assert (" 20 " in errors["missing"]) == (anonymous == "left_out")


def test_what_was_counted_before_the_flip_is_asked_for_a_day_only(iris, live, strong):
    watched(iris)
    promotion = make_live(strong)
    count_block(live, promotion.at - timedelta(days=2), failed=25)
    look(iris, promotion.at + MINUTE)
    assert " 20 " in Watch.objects.get().evidence["errors"]["missing"]
    assert RequestCount.objects.count() == 1
