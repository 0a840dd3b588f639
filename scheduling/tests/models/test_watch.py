"""The cheap question: would a look find something? And what a look without news writes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from predictions.models import RequestCount
from predictions.models.worker import block_of
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Watch
from scheduling.models.watch import PATIENCE
from scheduling.tests.run_factory import make_running
from scheduling.tests.watch_factory import BLOCK, watched

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def wine():
    """A model whose flips are watched for an hour."""
    model = make_model()
    make_live(make_version(model, "a"))
    watched(model)
    return model


@pytest.fixture
def watch(wine):
    """Of its second version; how it was before has been noted."""
    make_live(make_version(wine, "b"))
    Watch.objects.update(evidence={"latency": {}})
    return Watch.objects.with_flip().get()


def count_until(watch, moment):
    """Let the log tell of the version up to a moment."""
    RequestCount.objects.create(
        id=uuid4(), model_version=watch.promotion.version, block=block_of(moment.timestamp()), answered=1,
        refused=0, failed=0, counted_until=moment,
    )  # fmt: skip


def test_the_first_look_is_due_at_once(wine):
    promotion = make_live(make_version(wine, "b"))
    assert Watch.objects.with_flip().get().is_due(promotion.at)


def test_a_block_is_due_when_it_is_over_for_a_minute_and_the_log_tells_of_it(watch):
    at = watch.promotion.at
    assert not watch.is_due(at + HOUR / 2)
    count_until(watch, at + BLOCK + MINUTE)
    assert not watch.is_due(at + BLOCK)
    assert watch.is_due(at + BLOCK + MINUTE)
    watch.counted_until += BLOCK
    assert not watch.is_due(at + HOUR / 2)


def test_the_end_of_the_bake_time_is_due_whatever_the_log_says(watch):
    now = watch.until + MINUTE
    watch.looked_at = now - MINUTE
    assert watch.is_due(now)
    assert not watch.is_due(now - MINUTE)


def test_a_flip_that_came_after_is_due(wine, watch):
    make_live(make_version(wine, "c"))
    assert watch.is_due(watch.promotion.at)


def test_nothing_is_while_a_run_acts_on_it(wine, watch):
    watch.run = make_running(wine, task="watch")
    assert not watch.is_due(watch.until + HOUR)


def test_after_a_gap_the_end_waits_for_the_log(watch):
    back = watch.until + 2 * HOUR
    assert not watch.is_due(back)
    Watch.objects.saw(watch, now=back)
    watch = Watch.objects.with_flip().get()
    assert watch.gaps == [[watch.promotion.at.isoformat(), back.isoformat()]]
    assert not watch.is_due(back + BLOCK - MINUTE)
    assert watch.is_due(back + BLOCK)


def test_it_asks_little(watch, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        watch.is_due(watch.promotion.at + HOUR / 2)


def test_a_look_without_news_is_an_update(watch):
    at = watch.promotion.at
    for minutes in (1, 2, 3):
        row = Watch.objects.with_flip().get()
        assert Watch.objects.saw(row, now=at + minutes * MINUTE)
    row = Watch.objects.get()
    assert (row.looked_at, row.gaps) == (at + 3 * MINUTE, [])


def test_one_that_is_closed_or_was_looked_at_meanwhile_is_left_alone(watch):
    now = watch.promotion.at + MINUTE
    Watch.objects.update(counted_until=now)
    assert not Watch.objects.saw(watch, now=now)
    watch.counted_until = now
    assert Watch.objects.close(watch, status=Watch.Status.PASSED, reason="Fine.", now=now)
    assert not Watch.objects.close(watch, status=Watch.Status.UNSEEN, reason="No.", now=now)
    assert Watch.objects.get().status == Watch.Status.PASSED


def test_ten_minutes_without_a_look_are_a_gap(watch):
    at = watch.promotion.at
    assert watch.gaps_at(at + PATIENCE) == []
    assert len(watch.gaps_at(at + PATIENCE + MINUTE)) == 1
    assert watch.gap_over(at + MINUTE, now=at + PATIENCE) is None
    assert watch.gap_over(at + MINUTE, now=at + HOUR) == (at, at + HOUR)
    assert watch.gap_over(at + 2 * HOUR, now=at + HOUR) is None
