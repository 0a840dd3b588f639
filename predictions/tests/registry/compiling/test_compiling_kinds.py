"""Not only forests on four numbers: text and numbers together, and regressions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from predictions.contract.answers import Answers, same_answers
from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.proof import compare
from predictions.tests import other_models
from predictions.tests.other_models import AGE, EARNED, MIXED, fitted, pipeline, signature


@pytest.fixture(scope="module")
def people():
    return other_models.people()


@pytest.mark.parametrize(
    "estimator", [LogisticRegression(), RandomForestClassifier(10, random_state=0)], ids=str
)
def test_text_and_numbers_together_compile_and_match(people, estimator):
    compiled = compile_and_prove(fitted(pipeline(estimator), people, MIXED), MIXED, people)
    assert (compiled.parity["rows"], compiled.parity["label_differences"]) == (120, 0)
    assert sorted(compiled.golden_rows["outputs"]) == ["no", "yes"]


def test_what_is_missing_or_unknown_is_answered_as_scikit_learn_answers_it(people):
    holes = people.copy()
    holes.loc[3, "town"], holes.loc[4, "income"] = np.nan, np.nan
    estimator = fitted(pipeline(LogisticRegression()), holes, MIXED)
    served = load_bytes(compile_and_prove(estimator, MIXED, holes).served_form, MIXED)
    rows = [MIXED.parse(body) for body in (b'{"age": 50, "town": "Paris"}', b'{"age": 50}')]
    asked = pd.DataFrame(
        {"age": [50.0, 50.0], "town": pd.Series(["Paris", np.nan], dtype="object"), "income": [np.nan] * 2}
    )
    expected = Answers(estimator.predict(asked).tolist(), estimator.predict_proba(asked))
    assert compare(expected, served.predict(rows), MIXED.labels)["equal"]


@pytest.mark.parametrize("estimator", [LinearRegression(), RandomForestRegressor(5, random_state=0)], ids=str)
def test_a_regression_compiles_and_matches(people, estimator):
    people = people.assign(spends=2 * people["age"] + people["income"])
    spec = signature("regression", "spends", (), AGE, EARNED)
    compiled = compile_and_prove(fitted(estimator, people, spec), spec, people)
    assert compiled.parity["equal"]
    assert "probabilities" not in compiled.golden_rows
    assert len(compiled.golden_rows["outputs"]) == 5
    answers = load_bytes(compiled.served_form, spec).predict([(30, 0.5)])
    assert answers.outputs == pytest.approx(estimator.predict(pd.DataFrame({"age": [30], "income": [0.5]})))
    assert answers.probabilities is None


def test_the_golden_rows_of_a_regression_are_compared_within_float32():
    golden = {"outputs": [100.0, 0.0]}
    assert same_answers(Answers([100.001, 0.0]), golden, task="regression")
    assert not same_answers(Answers([100.1, 0.0]), golden, task="regression")
    assert not same_answers(Answers([float("nan"), 0.0]), golden, task="regression")


def test_parity_of_a_regression_is_the_largest_relative_difference():
    equal = compare(Answers([1000.0, 0.0]), Answers([1000.001, 0.0]), ())
    assert (equal["equal"], equal["rows"], equal["label_differences"]) == (True, 2, 0)
    assert equal["max_difference"] == pytest.approx(0.001 / 1001)
    assert not compare(Answers([1000.0, 0.0]), Answers([1000.0, 0.1]), ())["equal"]
    assert not compare(Answers([1000.0]), Answers([float("nan")]), ())["equal"]


def test_boolean_labels_are_answered_as_booleans(people):
    frame = people.assign(buys=people["buys"] == "yes")
    spec = signature("classification", "buys", (False, True), AGE, EARNED)
    compiled = compile_and_prove(fitted(LogisticRegression(), frame, spec), spec, frame)
    assert {type(output) for output in compiled.golden_rows["outputs"]} == {bool}
