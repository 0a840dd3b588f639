"""Nobody looked in time: what was then is judged late where it can be, and in any case it is told."""

from datetime import timedelta

import pytest

from predictions.models import Promotion
from predictions.models.promotion import live_promotion
from predictions.zone import to_minute
from scheduling.models import Watch
from scheduling.models.watch import PATIENCE
from scheduling.tests.version_factory import make_live, make_twin
from scheduling.tests.watch_factory import BLOCK, log_block, look, look_after_a_while, watched
from scheduling.watch.watches import MOST_BLOCKS

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def flip(iris, live, strong, rows):
    """`strong` replaced `weak`, which had answered for two hours; its bake time is one."""
    watched(iris)
    promotion = make_live(strong)
    for i in range(1, 25):
        log_block(live, promotion.at - i * BLOCK, rows)
    return promotion


@pytest.fixture
def rows(strong):
    """Requests."""
    return [(5.1, 3.5, 1.4, 0.2), (6.3, 2.9, 5.6, 1.8)] * 10


def log(promotion, rows, *, blocks=12, **columns):
    """So many blocks since the flip, and a row after them: the ingester has caught up."""
    for i in range(blocks):
        log_block(promotion.version, promotion.at + i * BLOCK, rows, **columns)
    log_block(promotion.version, promotion.at + blocks * BLOCK + MINUTE, rows[:1])


def span(since, until):
    return f"from {to_minute(since)} to {to_minute(until)}."


def ended():
    watch = Watch.objects.get()
    assert watch.closed_at is not None
    return watch.status, watch.reason


def test_back_after_the_bake_time_it_judges_late_and_says_so(iris, flip, rows):
    log(flip, rows)
    look_after_a_while(iris, flip.at + 3 * HOUR)
    status, reason = ended()
    assert (status, live_promotion(iris)) == (Watch.Status.UNSEEN, flip)
    assert span(flip.at, flip.at + 3 * HOUR) in reason
    assert " 12 " in reason


@pytest.mark.usefixtures("is_slow")
def test_a_late_breach_rolls_back_all_the_same(iris, live, flip, rows):
    log(flip, rows, latency_us=4000)
    look_after_a_while(iris, flip.at + 3 * HOUR)
    newest = live_promotion(iris)
    status, reason = ended()
    assert (status, newest.kind, newest.version) == ("rolled_back", Promotion.Kind.ROLL_BACK, live)
    assert newest.reason[1:] in reason
    assert span(flip.at, flip.at + 3 * HOUR) in reason


@pytest.mark.usefixtures("is_slow")
def test_after_a_gap_it_waits_for_the_ingester_which_was_away_as_well(iris, flip, rows):
    back = flip.at + 3 * HOUR
    look_after_a_while(iris, back)
    assert Watch.objects.get().status == Watch.Status.OPEN
    log(flip, rows, latency_us=4000)
    look_after_a_while(iris, back + MINUTE)
    assert ended()[0] == "rolled_back"


def test_it_does_not_wait_for_ever(iris, flip, rows):
    back = flip.at + 3 * HOUR
    for minutes in (0, 4):
        look_after_a_while(iris, back + minutes * MINUTE)
        assert Watch.objects.get().status == Watch.Status.OPEN
    look_after_a_while(iris, back + BLOCK)
    status, reason = ended()
    assert status == Watch.Status.UNSEEN
    assert span(flip.at, back) in reason


def test_away_over_the_end_of_the_bake_time_is_unwatched_from_the_last_look_on(iris, flip, rows):
    log(flip, rows)
    look(iris, flip.at + 30 * MINUTE)
    look_after_a_while(iris, flip.at + 2 * HOUR)
    status, reason = ended()
    assert status == Watch.Status.UNSEEN
    assert span(flip.at + 30 * MINUTE, flip.at + 2 * HOUR) in reason


def test_back_before_the_end_it_was_watched_and_the_gap_is_kept(iris, flip, rows):
    log(flip, rows)
    look(iris, flip.at + 5 * MINUTE)
    look_after_a_while(iris, flip.at + 40 * MINUTE)
    look(iris, flip.at + HOUR + MINUTE)
    status, _ = ended()
    assert status == Watch.Status.PASSED
    gap = [flip.at + 5 * MINUTE, flip.at + 40 * MINUTE]
    assert Watch.objects.get().gaps == [[moment.isoformat() for moment in gap]]


def test_away_for_the_last_minutes_alone_is_no_alarm(iris, flip, rows):
    log(flip, rows)
    look(iris, flip.at + HOUR - PATIENCE)
    look_after_a_while(iris, flip.at + HOUR + 5 * MINUTE)
    assert ended()[0] == Watch.Status.PASSED


def test_overtaken_before_anybody_looked_it_was_live_unwatched(iris, flip, forests):
    Promotion.objects.filter(pk=flip.pk).update(at=flip.at - HOUR / 2)
    after = make_live(make_twin(iris, forests))
    look_after_a_while(iris, after.at + 3 * HOUR)
    old = Watch.objects.get(promotion=flip)
    assert old.status == Watch.Status.UNSEEN
    assert span(flip.at - HOUR / 2, after.at + 3 * HOUR) in old.reason
    assert str(after) in old.reason


def test_overtaken_within_minutes_there_was_nothing_to_look_at(iris, flip, forests):
    after = make_live(make_twin(iris, forests))
    look_after_a_while(iris, after.at + 3 * HOUR)
    assert Watch.objects.get(promotion=flip).status == Watch.Status.OVERTAKEN


def test_a_long_bake_time_is_caught_up_a_few_blocks_a_look(iris, live, strong, rows):
    watched(iris, minutes=150)
    promotion = make_live(strong)
    log(promotion, rows, blocks=30)
    for looks in (1, 2):
        look_after_a_while(iris, promotion.at + 4 * HOUR)
        assert Watch.objects.get().counted_until == promotion.at + looks * MOST_BLOCKS * BLOCK
    look_after_a_while(iris, promotion.at + 4 * HOUR)
    assert ended()[0] == Watch.Status.UNSEEN


def test_without_a_scheduler_it_is_told_before_anybody_writes_it(iris, flip):
    assert not Watch.objects.to_tell(flip.at + PATIENCE - MINUTE).exists()
    now = flip.at + PATIENCE + MINUTE
    (watch,) = Watch.objects.to_tell(now)
    assert watch.warning_at(now).startswith("1.1 ")
    assert watch.warning == ""


def test_it_is_told_for_a_week_while_the_version_is_live(iris, flip, rows, forests):
    log(flip, rows)
    back = flip.at + 3 * HOUR
    look_after_a_while(iris, back)
    (watch,) = Watch.objects.to_tell(back)
    assert watch.warning == watch.reason
    assert not Watch.objects.to_tell(back + timedelta(days=7, minutes=1)).exists()
    make_live(make_twin(iris, forests))
    assert not Watch.objects.to_tell(flip.at + MINUTE).exists()
    assert Watch.objects.unwatched_by_model(flip.at + MINUTE) == {"iris": 1}
