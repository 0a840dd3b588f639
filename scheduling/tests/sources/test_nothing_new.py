"""To retrain on the same rows is nothing new where it would do the same: told at once, nothing is read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.models import Dataset, ModelVersion
from predictions.tests.factories import make_live, make_model, make_version
from scheduling.models import Recipe, Run
from scheduling.sources.refusals import NothingNew
from scheduling.sources.snapshots import Snapshots, snapshot
from scheduling.tasks.candidates import retrain
from scheduling.tests.run_factory import make_running
from scheduling.tests.sources.judged import trained
from scheduling.tests.sources.shop import make_retraining, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def wine():
    return make_model("wine")


def sent(model, name, role="training"):
    columns = {"role": role, "file": f"{name}.csv", "sha256": name * 64, "rows": 30}
    return Dataset.objects.create(registered_model=model, **columns)


def again(model, **parameters):
    return snapshot(make_running(model, task="retrain", parameters=parameters), model)


def test_the_same_file_is_nothing_new(wine):
    before = trained(wine, sent(wine, "a"))
    with pytest.raises(NothingNew, match=f"run {before.pk}:"):
        again(wine)
    run = make_running(wine, task="retrain")
    retrain(run)
    run.refresh_from_db()
    assert (run.status, run.decision, run.candidate) == ("finished", "", None)


def test_a_run_that_repeats_trains_on_what_is_known(wine):
    trained(wine, sent(wine, "a"))
    assert again(wine, repeat=True) == Snapshots()


def test_another_file_is_new(wine):
    trained(wine, sent(wine, "a"))
    sent(wine, "b")
    assert again(wine) == Snapshots()


@pytest.mark.parametrize(
    "ended",
    [
        {"status": "failed", "decision": ""},
        {"status": "interrupted", "decision": ""},
        {"status": "cancelled", "decision": ""},
        {"decision": "blocked"},
    ],
)
def test_of_a_run_that_judged_nothing_to_an_end_nothing_is_known(wine, ended):
    trained(wine, sent(wine, "a"), **ended)
    assert again(wine) == Snapshots()


@pytest.mark.parametrize("ended", [{"status": "failed", "decision": ""}, {"decision": "blocked"}])
def test_nor_of_a_snapshot(model, shop, ended):
    make_source(model)
    run = make_retraining(model)
    rows = snapshot(run, model)
    version = make_version(model, "on a snapshot")
    ModelVersion.objects.filter(pk=version.pk).update(training_dataset=rows.training)
    usual = {"status": "finished", "decision": "kept", "finished_at": timezone.now(), "candidate": version}
    Run.objects.filter(pk=run.pk).update(**usual | ended)
    assert again(model).training.snapshot["content"] == rows.training.snapshot["content"]
    Run.objects.filter(pk=run.pk).update(**usual)
    with pytest.raises(NothingNew, match=f"run {run.pk}:"):
        again(model)
    assert again(model, repeat=True).training.rows == rows.training.rows


@pytest.mark.parametrize("kind", ["estimator", "search"])
def test_where_values_are_drawn_it_is_another_candidate(wine, kind):
    trained(wine, sent(wine, "a"))
    Recipe.objects.create(
        registered_model=wine, kind=kind, estimator="DecisionTreeClassifier", name_template="tree",
        parameters={"max_depth": [1, 2]},
    )  # fmt: skip
    Recipe.history.update(history_date=timezone.now() - timedelta(days=1))
    assert again(wine) == Snapshots()


def test_a_recipe_that_was_saved_since_is_new(wine):
    before = trained(wine, sent(wine, "a"))
    recipe = Recipe.objects.create(registered_model=wine, kind="refit")
    assert again(wine) == Snapshots()
    Recipe.history.update(history_date=before.started_at - timedelta(days=1))
    with pytest.raises(NothingNew):
        again(wine)
    recipe.delete()
    assert again(wine) == Snapshots()


def test_another_pipeline_that_went_live_since_is_new(wine):
    before = trained(wine, sent(wine, "a"))
    make_live(before.candidate)
    with pytest.raises(NothingNew):
        again(wine)
    make_live(make_version(wine, "by hand"))
    assert again(wine) == Snapshots()
