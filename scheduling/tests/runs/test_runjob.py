"""`manage.py runjob`: a claimed run is done, and whatever goes wrong ends as a reason to act on."""

import errno

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from conftest import FIXTURES
from predictions.models import Dataset, ModelVersion, Promotion
from predictions.models.promotion import live_version
from predictions.registry import datasets
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.models import CheckResult, Recipe, Run
from scheduling.runs.parcels import NO_SPACE, DiskFull
from scheduling.tasks import TASKS
from scheduling.tests.run_factory import EPOCH, make_run, make_running
from scheduling.views.api_errors import STATUS_AND_CODE
from scheduling.views.registering import answering

pytestmark = pytest.mark.usefixtures("api", "rehearsed")


def done(run):
    """Do the run as the scheduler's child does; return it as it is then."""
    call_command("runjob", str(run.pk), epoch=EPOCH)
    run.refresh_from_db()
    return run


def blocked(run):
    """The reason of a run that failed, flipped nothing and says when."""
    run = done(run)
    assert (run.status, run.decision, run.promotion) == ("failed", "blocked", None)
    assert run.finished_at is not None
    assert run.reason.startswith("Not promoted: ")
    assert run.traceback.startswith("Traceback")
    return run.reason.removeprefix("Not promoted: ")


def path_of(dataset, config):
    return config.MEDIA_ROOT / dataset.file


def test_a_retrain_trains_judges_and_flips(iris, live):
    run = done(make_running(iris, task="retrain"))
    assert (run.status, run.decision) == ("finished", "promoted")
    assert run.candidate.created_by == f"run {run.pk}"
    assert live_version(iris) == run.candidate
    assert run.traceback == ""


def test_a_validation_judges_the_version_that_was_asked_for(iris, live, strong):
    run = done(make_running(iris, parameters={"version": "1.0"}))
    assert (run.candidate, run.decision) == (live, "kept")


def test_a_validation_of_none_in_particular_judges_the_newest(iris, live, strong):
    assert done(make_running(iris)).candidate == strong


@pytest.mark.parametrize("label", ["9.9", "x", "1"])
def test_a_version_that_is_not_there_is_named(iris, live, label):
    reason = blocked(make_running(iris, parameters={"version": label}))
    assert f"version {label}" in reason


def test_nothing_to_validate_is_said(iris):
    assert "iris" in blocked(make_running(iris))


def test_without_a_recipe_and_a_version_it_says_what_to_add(iris):
    Recipe.objects.all().delete()
    assert "recipe" in blocked(make_running(iris, task="retrain"))


def test_without_a_recipe_the_live_version_is_refitted(iris, live):
    Recipe.objects.all().delete()
    run = done(make_running(iris, task="retrain"))
    assert (run.status, run.champion) == ("finished", live)
    assert run.candidate.params == live.params


@pytest.mark.parametrize("role", ["training", "evaluation"])
@pytest.mark.parametrize("task", ["retrain", "validate"])
def test_a_missing_data_file_is_named(iris, live, config, role, task):
    path_of(iris.datasets.get(role=role), config).unlink()
    reason = blocked(make_running(iris, task=task))
    assert f"{role}.csv" in reason
    assert "InvalidParameterError" not in reason
    assert live_version(iris) == live


def test_a_data_file_that_was_changed_is_named(iris, live, config):
    path_of(iris.datasets.get(role="evaluation"), config).write_text("sepallength\n1\n")
    reason = blocked(make_running(iris))
    assert "evaluation.csv" in reason


def test_data_without_a_column_say_which(iris, live):
    datasets.register(registered_model=iris, role="evaluation", content=b"sepallength,species\n1,0\n")
    reason = blocked(make_running(iris))
    assert "sepalwidth, petallength, petalwidth" in reason


def test_a_missing_data_set_says_what_to_register(iris, live):
    Dataset.objects.filter(role="evaluation").delete()
    assert "evaluation" in blocked(make_running(iris))


@pytest.mark.parametrize("column", ["artefact", "served_form"])
@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_a_damaged_model_file_is_named(iris, live, strong, config, column, damage):
    path = config.MEDIA_ROOT / getattr(strong, column)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-100])
    reason = blocked(make_running(iris))
    assert path.name in reason
    assert ("sha256" in reason) == (damage == "truncated")
    assert (live_version(iris), Promotion.objects.count()) == (live, 1)


def test_a_champion_that_is_damaged_keeps_its_place_and_says_so(iris, live, strong, config):
    (config.MEDIA_ROOT / live.served_form).unlink()
    assert "iris 1.0 " in blocked(make_running(iris))
    assert live_version(iris) == live


def test_a_parameter_that_the_estimator_lacks_is_named(iris, live):
    Recipe.objects.update(parameters={"n_estimators": [12], "n_trees": [3]})
    reason = blocked(make_running(iris, task="retrain"))
    assert "n_trees" in reason
    assert ModelVersion.objects.count() == 1


def test_a_value_that_the_estimator_refuses_is_told_as_the_recipes(iris, live):
    Recipe.objects.update(parameters={"n_estimators": [-1]})
    reason = blocked(make_running(iris, task="retrain"))
    assert "n_estimators" in reason
    assert "InvalidParameterError" not in reason


def test_an_infinite_value_in_the_data_is_found_by_data_quality(iris, live):
    content = (FIXTURES / "evaluation.csv").read_bytes() + b"1e300,3.5,1.4,0.2,0\n"
    datasets.register(registered_model=iris, role="evaluation", content=content)
    run = done(make_running(iris))
    assert (run.decision, run.results.get(check_id="data_quality").level) == ("blocked", "fail")


def test_a_full_disk_is_told_as_such_and_is_507_for_who_waits(iris, live, monkeypatch):
    def full(run):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setitem(TASKS, "validate", full)
    run = make_running(iris)
    assert NO_SPACE in blocked(run)
    run.refresh_from_db()
    with pytest.raises(DiskFull):
        answering.answer(run, dict)
    assert STATUS_AND_CODE[DiskFull] == (507, "disk_full")


def test_want_of_memory_is_told_as_such(iris, live, monkeypatch, config):
    def eats(*args, **kwargs):
        raise MemoryError

    config.CHILD_MEMORY_MB = 2048
    monkeypatch.setattr("scheduling.judging.judge.gather", eats)
    reason = blocked(make_running(iris))
    assert all(part in reason for part in (" 2,048 MB ", "CHILD_MEMORY_MB"))


def test_a_fault_that_says_a_lot_is_told_in_one_line(iris, live, monkeypatch):
    def talks(*args, **kwargs):
        raise RuntimeError("word " * 300_000)

    monkeypatch.setattr("scheduling.judging.judge.gather", talks)
    assert len(blocked(make_running(iris))) < 400


def test_what_nobody_thought_of_is_told_as_a_fault_of_the_program(iris, live, monkeypatch):
    monkeypatch.setattr("scheduling.judging.judge.gather", broken)
    reason = blocked(make_running(iris))
    assert reason.endswith("ZeroDivisionError.")
    assert not CheckResult.objects.exists()


@pytest.mark.parametrize("task", ["prune", "simulate", "watch"])
def test_a_task_that_judges_nothing_fails_without_a_decision(iris, task, monkeypatch):
    monkeypatch.setitem(TASKS, task, broken)
    run = done(make_running(iris, task=task))
    assert (run.status, run.decision) == ("failed", "")
    assert run.reason.startswith("Failed: ")
    assert run.traceback.startswith("Traceback")


def test_a_source_that_is_not_there_cannot_be_tried(iris):
    run = done(make_running(iris, task="try_source", parameters={"role": "training"}))
    assert (run.status, run.decision, run.traceback) == ("failed", "", "")
    assert "data source" in run.reason


@pytest.mark.parametrize("make", [make_run, lambda model: make_running(model, epoch=EPOCH + 1)])
def test_it_refuses_a_run_that_is_not_claimed_for_it(iris, live, make):
    run = make(iris)
    before = run.status
    with pytest.raises(CommandError, match="epoch"):
        done(run)
    run.refresh_from_db()
    assert (run.status, run.candidate) == (before, None)


def test_it_refuses_a_run_that_there_is_not(db):
    with pytest.raises(CommandError, match="epoch"):
        call_command("runjob", "123456", epoch=EPOCH)


def test_a_run_that_was_cancelled_meanwhile_stays_so(iris, live, strong, monkeypatch):
    run = make_running(iris)

    def gather(*args, **kwargs):
        Run.objects.cancel(run, reason="Cancelled by ann.")
        raise ZeroDivisionError

    monkeypatch.setattr("scheduling.judging.judge.gather", gather)
    assert (done(run).status, run.reason, run.traceback) == ("cancelled", "Cancelled by ann.", "")


def broken(*args, **kwargs):
    raise ZeroDivisionError("of a kind")


def test_a_database_that_goes_away_is_told_by_the_exit_code_in_one_line(iris, live, monkeypatch):
    run = make_running(iris)

    def lost(*args, **kwargs):
        raise OperationalError("consuming input failed\nThis probably means ...")

    monkeypatch.setattr("scheduling.judging.judge.gather", lost)
    with pytest.raises(CommandError, match="consuming input failed") as ended:
        call_command("runjob", str(run.pk), epoch=EPOCH)
    assert ended.value.returncode == DATABASE_AWAY
    run.refresh_from_db()
    assert run.status == "running"  # the scheduler closes it, when it can
