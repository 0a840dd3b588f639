"""The whole way from recipe to verdict on other problems than Iris: labels, probabilities, values."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from predictions.models.promotion import live_version
from predictions.registry.datasets import Tables
from scheduling.judging.judge import judge
from scheduling.models import GatePolicy
from scheduling.tests.problem_factory import make_problem, register_rows, set_policy, set_recipe, train
from scheduling.tests.run_factory import make_running
from scheduling.tests.version_factory import make_live
from scheduling.training.training import train_candidate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("api", "rehearsed")]
FOREST = {"n_estimators": 48}


def table(load):
    return load(as_frame=True).frame.rename(columns=lambda name: name.replace(" ", "_"))


def retrained(model):
    """Train by the recipe and judge, as the task does."""
    run = make_running(model, task="retrain")
    judge(run, train_candidate(model, run=run.pk, tables=Tables()))
    run.refresh_from_db()
    return run, {result.check_id: result for result in run.results.all()}


def classification(load, metric, **columns):
    model = make_problem(load.__name__.removeprefix("load_"), table(load), output="target")
    set_policy(model, primary_metric=metric, **columns)
    set_recipe(model, "RandomForestClassifier", **FOREST)
    return model


@pytest.mark.parametrize("metric", ["brier", "log_loss", "roc_auc", "average_precision"])
def test_breast_cancer(metric):
    model = classification(load_breast_cancer, metric, floors={"accuracy": 0.9, "log_loss": 0.4})
    make_live(train(model, "DecisionTreeClassifier", max_depth=1))
    run, results = retrained(model)
    assert run.decision == "promoted", run.reason
    assert run.promotion.version == run.candidate
    assert f" {metric} " in run.reason
    assert results["evaluation_metrics"].measured["gain"]["low"] > 0
    assert results["absolute_floors"].message.startswith("accuracy is 0.9")


def test_a_first_version_that_is_not_good_enough_does_not_go_live():
    model = classification(load_breast_cancer, "brier", floors={"accuracy": 0.999})
    run, results = retrained(model)
    assert (run.decision, live_version(model)) == ("blocked", None)
    assert "0.999" in run.reason
    assert "brier is 0." in results["evaluation_metrics"].message  # and that there is no champion
    assert results["evaluation_metrics"].level == "not_applicable"


def test_wine():
    model = classification(load_wine, "brier")
    make_live(train(model, "DecisionTreeClassifier", max_depth=1))
    run, _ = retrained(model)
    assert run.decision == "promoted", run.reason
    assert "54 rows" in run.reason


def letters(rows, seed):
    """26 labels on a grid, each as often as the others."""
    label = np.tile(np.arange(26), rows)
    places = np.stack([label // 5, label % 5], axis=1) + np.random.default_rng(seed).normal(
        0, 0.1, (len(label), 2)
    )
    names = np.array(list("abcdefghijklmnopqrstuvwxyz"), dtype=object)
    return pd.DataFrame(places, columns=["u", "v"]).assign(letter=names[label])


def test_26_letters_with_20_rows_each_in_the_evaluation_set():
    model = make_problem("letters", letters(60, 0), output="letter")
    set_policy(model, primary_metric="f1_macro", floors={"log_loss": 0.5})
    set_recipe(model, "RandomForestClassifier", **FOREST)
    register_rows(model, "evaluation", letters(20, 1))
    run, results = retrained(model)
    assert run.decision == "promoted", run.reason
    assert {results[name].level for name in ("data_quality", "enough_rows", "absolute_floors")} == {"pass"}


def test_digits_some_of_whose_pixels_are_always_dark():
    model = classification(load_digits, "f1_macro")
    make_live(train(model, "DecisionTreeClassifier", max_depth=3))
    run, results = retrained(model)
    assert results["data_quality"].level == "warn"  # they are dark in the training set, too
    assert run.decision == "promoted", run.reason
    assert results["evaluation_metrics"].measured["gain"]["low"] > 0.3


@pytest.mark.parametrize("metric", ["r2", "rmse", "mae", "mape", "pinball"])
def test_diabetes_is_a_regression(metric):
    model = make_problem("diabetes", table(load_diabetes), output="target", task="regression")
    assert GatePolicy.objects.of(model).primary_metric == "rmse"
    set_policy(model, primary_metric=metric, floors={"r2": 0.2, "mae": 60})
    make_live(train(model, "DecisionTreeRegressor", max_depth=14))
    set_recipe(model, "Ridge", alpha=0.01)
    run, results = retrained(model)
    assert run.decision == "promoted", run.reason
    assert {results[name].level for name in ("contract", "parity", "absolute_floors")} == {"pass"}
    assert results["prediction_drift"].measured["distance"] > 0
    assert "mcnemar" not in results["evaluation_metrics"].measured


@pytest.mark.parametrize(
    "estimator",
    ["RandomForestRegressor", "ExtraTreesRegressor", "GradientBoostingRegressor", "LinearRegression"],
)
def test_every_regressor_can_be_retrained(estimator):
    model = make_problem("diabetes", table(load_diabetes), output="target", task="regression")
    make_live(train(model, "DecisionTreeRegressor", max_depth=2))
    set_recipe(model, estimator, **({} if estimator == "LinearRegression" else {"n_estimators": 20}))
    run, results = retrained(model)
    assert run.decision in ("promoted", "cannot_tell", "kept", "blocked")
    assert results["parity"].level == "pass", run.reason
    assert results["evaluation_metrics"].measured["gain"]


def test_penguins_have_text_and_missing_values():
    from palmerpenguins import load_penguins

    frame = load_penguins().drop(columns="year")
    model = make_problem("penguins", frame, output="species")
    set_policy(model, primary_metric="brier", floors={"accuracy": 0.9})
    make_live(train(model, "DecisionTreeClassifier", max_depth=1))
    set_recipe(model, "RandomForestClassifier", n_estimators=25)
    run, results = retrained(model)
    assert run.decision == "promoted", run.reason
    assert {results[name].level for name in ("data_quality", "contract", "parity")} == {"pass"}
    assert "104 rows" in run.reason
