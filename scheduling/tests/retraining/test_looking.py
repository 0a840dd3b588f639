"""One run for what a look found, whoever else looks, fires or is killed meanwhile; and then a rest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.models import Dataset
from predictions.tests.factories import make_model
from scheduling.models import Run, Schedule, ScheduleLook
from scheduling.retraining import looking
from scheduling.retraining.finding import Finding
from scheduling.runs.occurrences import queue_occurrence
from scheduling.tests.retraining.conftest import make_new_rows
from scheduling.tests.run_factory import make_run, make_schedule

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def fresh():
    """A schedule for 20 new rows, of a model that a file of 30 was sent for."""
    model = make_model("wine")
    columns = {"registered_model": model, "role": "training", "file": "a.csv", "sha256": "a" * 64}
    Dataset.objects.create(**columns, rows=30)
    return make_new_rows(model)


def seen(schedule):
    return ScheduleLook.objects.get(schedule=schedule)


def test_the_run_and_what_was_found_are_one(fresh, monkeypatch):
    monkeypatch.setattr(ScheduleLook.objects, "saw", lambda *args, **kwargs: 1 / 0, raising=False)
    monkeypatch.setattr(type(ScheduleLook.objects.all()), "saw", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        looking.look(fresh, now=timezone.now())  # as if it were killed before the commit
    assert (Run.objects.count(), seen(fresh).looked_at) == (0, None)
    monkeypatch.undo()
    looking.look(fresh, now=timezone.now())
    assert Run.objects.queued().count() == 1


def test_of_two_looks_at_once_one_counts(fresh, monkeypatch):
    def meanwhile(look, now):
        monkeypatch.undo()
        looking.look(fresh, now=now)
        return Finding(sentence="30 rows", fires=True)

    monkeypatch.setattr(looking, "_found", meanwhile)
    looking.look(fresh, now=timezone.now())
    assert Run.objects.count() == 1


@pytest.mark.parametrize("change", [{"enabled": False}, {"new_rows": 400}, {"trigger": "interval"}])
def test_a_schedule_that_was_changed_meanwhile_fires_nothing(fresh, change):
    given = Schedule.objects.get(pk=fresh.pk)
    for name, value in change.items():
        setattr(fresh, name, value)
    fresh.save()
    looking.look(given, now=timezone.now())
    assert not Run.objects.exists()


@pytest.mark.parametrize("status", ["queued", "running"])
def test_an_unfinished_retraining_absorbs_it(fresh, status):
    columns = {"status": status, "epoch": 1} if status == "running" else {}
    run = make_run(fresh.registered_model, task="retrain", **columns)
    looking.look(fresh, now=timezone.now())
    assert Run.objects.get() == run
    assert seen(fresh).found.endswith(f"Already {status} as run {run.pk}.")
    Run.objects.update(status="finished", finished_at=timezone.now())
    looking.look(fresh, now=timezone.now())
    assert Run.objects.queued().count() == 1


def test_another_model_or_task_absorbs_nothing(fresh):
    make_run(fresh.registered_model, task="validate")
    make_run(make_model("beer"), task="retrain")
    looking.look(fresh, now=timezone.now())
    assert Run.objects.filter(schedule=fresh).count() == 1


def test_triggers_that_fire_together_make_one_run(fresh):
    nightly = make_schedule(fresh.registered_model, name="nightly", task="retrain")
    looking.look(fresh, now=timezone.now())
    skipped = queue_occurrence(nightly, timezone.now())
    run = Run.objects.queued().get()
    assert (skipped.status, skipped.schedule) == ("cancelled", nightly)
    assert f"run {run.pk} " in skipped.reason


def test_a_schedule_by_the_clock_does_not_absorb_itself_while_it_runs(fresh):
    nightly = make_schedule(fresh.registered_model, name="nightly", task="retrain")
    first = queue_occurrence(nightly, timezone.now() - MINUTE)
    Run.objects.claim(first, epoch=1)
    assert queue_occurrence(nightly, timezone.now()).status == "queued"


def test_it_rests_after_its_run_unless_that_was_cut_off(fresh):
    looking.look(fresh, now=timezone.now())
    now, run = timezone.now(), Run.objects.get()
    assert seen(fresh).rests_until(now) == run.created_at + DAY
    assert seen(fresh).rests_until(now + DAY) is None
    Run.objects.update(status="interrupted", finished_at=now)
    assert seen(fresh).rests_until(now) is None


def test_a_look_is_due_after_its_time_and_not_kept_away_by_a_wrong_clock(fresh):
    now = timezone.now()
    look = ScheduleLook.objects.of(fresh)
    assert look.is_due(now)
    look.looked_at = now
    assert not look.is_due(now + 9 * MINUTE)
    assert look.is_due(now + 10 * MINUTE)
    look.looked_at = now + 400 * DAY
    assert look.is_due(now)
