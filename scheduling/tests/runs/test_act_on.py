"""What a look found to act on is a run, as any other: one at a time, and not one each minute."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Run, Watch
from scheduling.runs.transitions import act_on
from scheduling.tests.watch_factory import BLOCK, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def watch():
    model = make_model()
    make_live(make_version(model, "a"))
    watched(model)
    make_live(make_version(model, "b"))
    return Watch.objects.with_flip().get()


def test_the_run_is_there_before_the_work_and_says_what_for(watch):
    run = act_on(watch, now=timezone.now())
    assert (run.task, run.status, run.trigger) == ("watch", "queued", "watch")
    assert run.requested_by == "watch of wine #2: promote 1.1"
    assert Watch.objects.get().run == run


@pytest.mark.parametrize("status", ["queued", "running"])
def test_there_is_one_at_a_time(watch, status):
    now = timezone.now()
    run = act_on(watch, now=now)
    Run.objects.filter(pk=run.pk).update(status=status)
    assert act_on(watch, now=now + timedelta(days=1)) is None
    assert Run.objects.count() == 1


@pytest.mark.parametrize("status", ["failed", "cancelled", "finished"])
def test_one_that_changed_nothing_is_followed_a_block_later(watch, status):
    now = timezone.now()
    run = act_on(watch, now=now)
    Run.objects.filter(pk=run.pk).update(status=status, finished_at=now)
    assert act_on(watch, now=now + BLOCK / 2) is None
    assert act_on(watch, now=now + 2 * BLOCK) is not None
    assert Run.objects.count() == 2


def test_one_that_was_interrupted_is_followed_at_once(watch):
    run = act_on(watch, now=timezone.now())
    Run.objects.claim(run, epoch=1)
    Run.objects.interrupt(run, reason="The scheduler is gone.")
    assert act_on(watch, now=timezone.now()) is not None


def test_a_watch_that_has_ended_needs_none(watch):
    now = timezone.now()
    Watch.objects.close(watch, status=Watch.Status.PASSED, reason="Fine.", now=now)
    assert act_on(watch, now=now) is None
    assert not Run.objects.exists()
