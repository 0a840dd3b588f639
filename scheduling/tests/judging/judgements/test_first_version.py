"""The demo promises: its first version is weak, and each candidate of its recipe is better beyond doubt."""

import json
from io import StringIO

import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from conftest import FIXTURES
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.comparison.verdict import Verdict, alpha_at, verdict
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.evidence_factory import read_csv
from scheduling.training.by_recipe import build

FIRST = json.loads((FIXTURES / "first_version.json").read_text())
ROWS = {row["model"]: row["fields"] for row in json.loads((FIXTURES / "registry.json").read_text())}
RECIPE, POLICY = ROWS["scheduling.recipe"], ROWS["scheduling.gatepolicy"]


def answers_to_evaluation(estimator, parameters, *, seed):
    training, evaluation = read_csv("training"), read_csv("evaluation")
    model = build(estimator, parameters, seed=seed)
    model.fit(training.drop(columns="species"), training["species"])
    return model.predict(evaluation.drop(columns="species"))


@pytest.fixture(scope="module")
def first():
    """The first version's answers."""
    return answers_to_evaluation(FIRST["estimator"], FIRST["parameters"], seed=0)


def test_the_first_version_is_weak(first):
    assert FIRST["parameters"] == {"n_estimators": 12, "max_depth": 1, "random_state": 4}
    assert accuracy_score(read_csv("evaluation")["species"], first) <= 0.70
    assert set(first) == {0, 2}  # it never answers class 1


@pytest.mark.parametrize("n_estimators", RECIPE["parameters"]["n_estimators"])
@pytest.mark.parametrize("seed", [1, 2, 3, 17, 42])
def test_every_candidate_of_the_recipe_is_judged_better(first, n_estimators, seed):
    candidate = answers_to_evaluation(RECIPE["estimator"], {"n_estimators": n_estimators}, seed=seed)
    y = read_csv("evaluation")["species"].to_numpy()
    rows = [Scored(y=y, predicted=predicted, labels=(0, 1, 2)) for predicted in (first, candidate)]
    interval = gain_interval(
        METRICS[POLICY["primary_metric"]],
        Pair(champion=rows[0], candidate=rows[1]),
        options=Options(),
        alpha=alpha_at(1, EvaluationMetrics().alpha),
    )
    found = verdict(interval, least_gain=POLICY["least_gain"], margin=POLICY["margin"])
    assert found is Verdict.BETTER
    assert POLICY["promote_when"] == "better"


def test_the_recipe_draws_what_the_demo_promises():
    assert RECIPE["parameters"] == {"n_estimators": [12, 24, 48, 96]}


@pytest.mark.parametrize("role", ["training", "evaluation"])
def test_the_data_are_scikit_learns_split_in_30_to_70(role):
    features, species = load_iris(return_X_y=True)
    parts = train_test_split(features, species, test_size=0.3, stratify=species, random_state=42)
    expected = {"training": (parts[0], parts[2]), "evaluation": (parts[1], parts[3])}[role]
    table = pd.read_csv(StringIO((FIXTURES / f"{role}.csv").read_text()))
    assert list(table.columns) == ["sepallength", "sepalwidth", "petallength", "petalwidth", "species"]
    assert table.drop(columns="species").to_numpy().tolist() == expected[0].tolist()
    assert table["species"].tolist() == expected[1].tolist()
