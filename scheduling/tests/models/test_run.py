"""A run's transitions: each is one guarded update, and whoever is late changes nothing."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from predictions.models.base import ImmutableRow
from predictions.models.promotion import live_promotion
from scheduling.evidence.outcomes import Level
from scheduling.models import CheckResult, Run
from scheduling.tests.run_factory import EPOCH, make_run, make_running, make_schedule

FINAL = [Run.Status.FINISHED, Run.Status.FAILED, Run.Status.INTERRUPTED, Run.Status.CANCELLED]


def close(run, **columns):
    return Run.objects.close(run, **{"status": Run.Status.FINISHED, "reason": "kept"} | columns)


def test_the_queue_is_first_come_first_served_and_people_before_schedules(iris):
    due = make_run(iris, trigger="schedule")
    first, second = make_run(iris), make_run(iris, trigger="api")
    make_running(iris)
    assert list(Run.objects.queued()) == [first, second, due]


def test_it_is_claimed_once(iris):
    run = make_run(iris)
    assert Run.objects.claim(run, epoch=EPOCH)
    assert not Run.objects.claim(run, epoch=EPOCH + 1)
    run.refresh_from_db()
    assert (run.status, run.epoch) == ("running", EPOCH)
    assert run.started_at is not None


def test_its_child_closes_it_once(iris):
    run = make_running(iris)
    assert close(run, decision="kept")
    assert not close(run, status=Run.Status.FAILED, reason="late")
    run.refresh_from_db()
    assert (run.status, run.decision, run.reason) == ("finished", "kept", "kept")
    assert run.seconds >= 0


def test_a_child_of_another_epoch_cannot_close_it(iris):
    run = make_running(iris)
    Run.objects.filter(pk=run.pk).update(epoch=EPOCH + 1)
    assert not close(run)
    run.refresh_from_db()
    assert (run.status, run.reason) == ("running", "")


@pytest.mark.parametrize("status", ["queued", *FINAL])
def test_only_a_running_run_can_be_closed(iris, status):
    run = make_running(iris)
    ended = None if status == "queued" else timezone.now()
    Run.objects.filter(pk=run.pk).update(status=status, finished_at=ended)
    assert not close(run)
    run.refresh_from_db()
    assert run.status == status


@pytest.mark.parametrize("make", [make_run, make_running])
def test_it_can_be_cancelled_until_it_ended(iris, make):
    run = make(iris)
    assert Run.objects.cancel(run, reason="too late")
    assert not Run.objects.cancel(run, reason="again")
    run.refresh_from_db()
    assert (run.status, run.reason) == ("cancelled", "too late")
    assert run.finished_at is not None


def test_a_run_that_ended_is_not_cancelled(iris):
    run = make_running(iris)
    close(run)
    assert not Run.objects.cancel(run, reason="too late")
    run.refresh_from_db()
    assert run.status == "finished"


def test_there_is_one_run_per_occurrence(iris):
    schedule, due = make_schedule(iris), timezone.now()
    make_run(iris, schedule=schedule, scheduled_for=due)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_run(iris, schedule=schedule, scheduled_for=due)
    make_run(iris)  # runs that people ask for have no occurrence
    make_run(iris)
    assert Run.objects.count() == 3


def test_it_outlives_its_schedule_and_keeps_the_name(iris):
    schedule = make_schedule(iris)
    run = make_run(iris, schedule=schedule, schedule_name=schedule.name, scheduled_for=timezone.now())
    schedule.delete()
    run.refresh_from_db()
    assert (run.schedule, run.schedule_name) == (None, "each minute")


def test_neither_its_model_nor_its_versions_can_be_deleted_under_it(live):
    run = make_running(live.registered_model, candidate=live)
    for row in (live.registered_model, run):
        CheckResult.objects.get_or_create(run=run, check_id="a", defaults={"level": "pass", "seconds": 0})
        with pytest.raises(ProtectedError):
            row.delete()


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"decision": "promoted"}, "a_promoting_run_has_its_promotion"),
        ({"status": "finished"}, "a_run_that_ended_says_when"),
        ({"finished_at": timezone.now()}, "a_run_that_ended_says_when"),
        ({"status": "lost"}, "a_run_that_ended_says_when"),
    ],
)
def test_the_database_refuses_what_cannot_be(iris, columns, constraint):
    run = make_running(iris)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(**columns)


def test_a_promotion_belongs_to_a_run_that_promoted(live):
    run = make_running(live.registered_model, candidate=live)
    promotion = live_promotion(live.registered_model)
    with pytest.raises(IntegrityError, match="a_promoting_run"), transaction.atomic():
        close(run, decision="kept", promotion=promotion)
    assert close(run, decision="promoted", promotion=promotion)


def test_a_check_has_one_result_in_a_run_that_nobody_changes(iris):
    run = make_running(iris)
    columns = {"check_id": "parity", "level": Level.NOT_APPLICABLE, "message": "fine", "seconds": 0.1}
    result = run.results.create(**columns)
    assert str(result) == "parity: not_applicable"
    with pytest.raises(IntegrityError), transaction.atomic():
        run.results.create(**columns)
    with pytest.raises(ImmutableRow):
        result.save()
    with pytest.raises(ImmutableRow):
        result.delete()


def test_its_time_is_counted_from_its_start(iris):
    assert make_run(iris).seconds is None
    assert make_running(iris).seconds >= 0
