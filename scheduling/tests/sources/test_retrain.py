"""`retrain` fits and judges on the rows of the model's source, or ends with the reason why not."""

import pytest
from django.core.management import call_command

from predictions.models import Dataset, ModelVersion
from scheduling.models import Recipe, Run
from scheduling.sources.refusals import SourceRefused
from scheduling.tasks.candidates import retrain
from scheduling.tests.run_factory import EPOCH
from scheduling.tests.sources.shop import make_retraining, make_shop, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipe(model):
    return Recipe.objects.create(
        registered_model=model, estimator="DecisionTreeClassifier", name_template="tree", parameters={}
    )


def ended(run):
    run.refresh_from_db()
    return run.status, run.decision, run.step


def test_fresh_rows_train_and_judge(model, shop, recipe, api, rehearsed):
    make_source(model)
    run = make_retraining(model)
    retrain(run)
    assert ended(run)[0] == Run.Status.FINISHED
    assert run.candidate.training_dataset.source == "query"
    assert run.evaluation_dataset.role == "evaluation"
    assert run.evaluation_dataset.snapshot["run"] == run.pk

    assert run.decision == Run.Decision.BLOCKED  # perhaps for a passing reason: the same rows are no reason
    repeated = make_retraining(model)
    retrain(repeated)
    assert ended(repeated)[:2] == (Run.Status.FINISHED, Run.Decision.BLOCKED)
    assert repeated.candidate.training_dataset.source == "query"

    Run.objects.filter(pk=repeated.pk).update(decision=Run.Decision.KEPT)
    again = make_retraining(model)
    retrain(again)
    assert ended(again) == (Run.Status.FINISHED, "", "")
    assert f"run {repeated.pk}:" in again.reason


def test_rows_that_do_not_fit_are_told_before_anything_is_trained(model, shop, recipe):
    make_source(model)
    make_shop(shop, [(1, "a", "2026-06-01", 1, 0)] * 50)
    with pytest.raises(SourceRefused):
        retrain(make_retraining(model))
    assert not Dataset.objects.exists()
    assert not ModelVersion.objects.exists()


def test_a_function_that_eats_memory_names_the_setting(model, recipe, config):
    config.SOURCE_CALLABLES = {"eats": "scheduling.tests.sources.kinds.some_functions:eats_memory"}
    make_source(model, kind="callable", function="eats", query="", database="")
    run = make_retraining(model)
    call_command("runjob", str(run.pk), epoch=EPOCH)
    assert ended(run)[0] == Run.Status.FAILED
    assert "CHILD_MEMORY_MB" in run.reason
