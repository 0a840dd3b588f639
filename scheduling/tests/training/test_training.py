"""From dataset and recipe to a registered candidate."""

import pytest

from predictions.models import Dataset, ModelVersion
from predictions.registry.datasets import Tables
from scheduling.models import Recipe
from scheduling.models.setup.estimators import ESTIMATORS
from scheduling.models.setup.recipe import RecipeInvalid
from scheduling.training.by_recipe import build, draw
from scheduling.training.refusals import NotPrepared
from scheduling.training.training import train_candidate

DRAWS = {"n_estimators": [12, 24, 48, 96], "max_depth": [1, 2, 3, None]}


def make_recipe(**columns):
    defaults = {"estimator": "RandomForestClassifier", "name_template": "rf", "parameters": DRAWS}
    return Recipe(**defaults | columns)


def test_the_same_seed_draws_the_same():
    recipe = make_recipe()
    drawn = [draw(recipe, seed=seed) for seed in range(40)]
    assert drawn == [draw(recipe, seed=seed) for seed in range(40)]
    assert {values["n_estimators"] for values in drawn} == {12, 24, 48, 96}
    assert {values["max_depth"] for values in drawn} == {1, 2, 3, None}


def test_the_order_in_which_parameters_are_written_does_not_matter():
    turned = make_recipe(parameters=dict(reversed(DRAWS.items())))
    assert all(draw(turned, seed=seed) == draw(make_recipe(), seed=seed) for seed in range(20))


def test_nothing_to_draw_is_a_recipe_too():
    make_recipe(parameters={}).check_recipe()
    assert draw(make_recipe(parameters={}), seed=1) == {}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_each_estimator_of_the_allow_list_can_be_built_with_the_runs_seed(name):
    estimator = build(name, {}, seed=5)
    assert type(estimator).__name__ == name
    if name == "LinearRegression":  # it draws nothing
        return
    assert estimator.random_state == 5
    assert build(name, {"random_state": 4}, seed=5).random_state == 4


def test_a_parameter_that_the_estimator_lacks_is_named():
    with pytest.raises(RecipeInvalid, match="n_trees") as caught:
        build("RandomForestClassifier", {"n_trees": 3}, seed=1)
    assert caught.value.field == "parameters"


def test_a_candidate_is_registered_with_where_it_came_from(iris):
    version = train_candidate(iris, run=77, tables=Tables())
    drawn = draw(iris.recipe, seed=77)
    assert version.name == f"rf-{drawn['n_estimators']}-run77"
    assert version.filename == f"{version.name}.joblib"
    assert (version.label, version.source, version.created_by) == ("1.0", "trained", "run 77")
    assert version.training_dataset == iris.datasets.get(role="training")
    assert version.estimator == "sklearn.ensemble._forest.RandomForestClassifier"
    assert version.params["n_estimators"] == drawn["n_estimators"]
    assert version.params["random_state"] == 77
    assert version.parity["equal"] is True
    assert version.parity["rows"] == 45
    assert version.libraries["scikit-learn"]


def test_the_same_run_trains_the_same_candidate_once(iris):
    assert train_candidate(iris, run=3, tables=Tables()) == train_candidate(iris, run=3, tables=Tables())
    assert ModelVersion.objects.count() == 1


def test_it_takes_the_newest_data_in_each_role(iris):
    from conftest import FIXTURES
    from predictions.registry import datasets

    content = (FIXTURES / "training.csv").read_bytes()
    newer = datasets.register(registered_model=iris, role="training", content=content + b"5,3,1,0.2,0\n")
    assert newer.rows == 106
    assert train_candidate(iris, run=1, tables=Tables()).training_dataset == newer


def test_without_a_recipe_and_a_version_it_says_what_to_add(iris):
    Recipe.objects.all().delete()
    with pytest.raises(NotPrepared, match="recipe"):
        train_candidate(iris, run=1, tables=Tables())


@pytest.mark.parametrize("role", ["training", "evaluation"])
def test_without_data_it_says_what_to_register(iris, role):
    Dataset.objects.filter(role=role).delete()
    with pytest.raises(NotPrepared, match=role):
        train_candidate(iris, run=1, tables=Tables())
    assert not ModelVersion.objects.exists()


def test_without_a_signature_it_says_what_to_add(iris):
    iris.signatures.get().delete()
    with pytest.raises(NotPrepared, match="Register it with its data first"):
        train_candidate(iris, run=1, tables=Tables())
