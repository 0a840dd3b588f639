"""A served form is made only with the proof that it answers as scikit-learn does."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import KNNImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from conftest import FIXTURES, iris_spec
from predictions.contract.answers import Answers, same_answers
from predictions.registry import compiling
from predictions.registry.compiling import Rung, compile_and_prove, load_bytes, prove
from predictions.registry.converting.conversion import convert
from predictions.registry.proof import compare
from predictions.registry.refusals import NotCompilable
from predictions.registry.sklearn_answers import answers_of, own_answers

SPEC = iris_spec()
NAMES = [feature.name for feature in SPEC.features]


class OwnRegression(LogisticRegression):
    """A class that nobody has registered."""


@pytest.fixture(scope="module")
def evaluation():
    return pd.read_csv(FIXTURES / "evaluation.csv")


def fitted(estimator, frame):
    return estimator.fit(frame[NAMES], frame["species"])


def refused(estimator, spec, frame):
    with pytest.raises(NotCompilable) as caught:
        compile_and_prove(estimator, spec, frame)
    return caught.value


@pytest.mark.parametrize("name", ["weak", "strong"])
def test_parity_is_proved_on_every_row_of_the_evaluation_data(forests, name):
    parity = forests[name][1].parity
    assert (parity["rows"], parity["label_differences"], parity["equal"]) == (45, 0, True)
    assert 0 <= parity["max_difference"] <= parity["tolerance"] == 1e-6


def test_what_is_kept_of_the_making_is_plain_json(forests):
    compiled = forests["weak"][1]
    assert compiled.estimator == "sklearn.ensemble._forest.RandomForestClassifier"
    assert compiled.params["max_depth"] == 1
    kept = (compiled.params, compiled.libraries, compiled.parity, compiled.golden_rows)
    assert json.loads(json.dumps(kept, allow_nan=False)) == json.loads(json.dumps(kept))


def test_parameters_that_json_cannot_hold_are_kept_as_python_writes_them(evaluation):
    forest = fitted(RandomForestClassifier(4, random_state=np.random.RandomState(0)), evaluation)
    forest.set_params(class_weight={0: 1.0, 1: float("nan")})
    params = compile_and_prove(forest, SPEC, evaluation).params
    assert params["random_state"].startswith("RandomState(")
    assert params["class_weight"] == "{0: 1.0, 1: nan}"


def test_golden_rows_are_one_of_each_answer_and_the_served_form_repeats_them(forests):
    compiled = forests["strong"][1]
    golden = compiled.golden_rows
    assert sorted(golden["outputs"]) == [0, 1, 2]
    assert len(golden["rows"]) == len(golden["probabilities"]) == 3
    again = load_bytes(compiled.served_form, SPEC).predict([tuple(row) for row in golden["rows"]])
    assert same_answers(again, golden, task="classification")


def test_an_estimator_without_a_converter_is_refused(evaluation):
    error = refused(fitted(OwnRegression(max_iter=500), evaluation), SPEC, evaluation)
    assert error.code == "no_converter"
    assert "does not know OwnRegression" in str(error)


@pytest.mark.parametrize("labels", [(0, 2, 1), (2, 1, 0), (0, 1), (0, 1, 2, 3), ("0", "1", "2")])
def test_other_labels_or_another_order_are_refused(evaluation, labels):
    estimator = fitted(LogisticRegression(max_iter=500), evaluation)
    error = refused(estimator, replace(SPEC, labels=labels), evaluation)
    assert error.code == "other_labels"
    assert "0, 1, 2" in str(error)


def test_a_class_that_the_training_data_lacked_is_refused(evaluation):
    two = evaluation[evaluation["species"] < 2]
    error = refused(fitted(LogisticRegression(), two), SPEC, two)
    assert error.code == "other_labels"
    assert str(error).count(" 0, 1") == 2


def test_a_served_form_that_answers_otherwise_is_refused(evaluation, monkeypatch):
    other = fitted(LogisticRegression(C=1e-4), evaluation)
    make_other = replace(compiling.LADDER[0], make=lambda estimator, spec: convert(other, spec))
    monkeypatch.setattr(compiling, "LADDER", (make_other,))
    error = refused(fitted(LogisticRegression(max_iter=500), evaluation), SPEC, evaluation)
    assert error.code == "other_answers"
    assert re.search(r"[1-9]\d* of 45 ", str(error))


def test_the_first_rung_that_answers_alike_is_taken(evaluation, monkeypatch):
    estimator = fitted(LogisticRegression(max_iter=500), evaluation)
    assert compile_and_prove(estimator, SPEC, evaluation).rung == "onnx_64"
    bounded = replace(SPEC, features=tuple(replace(one, maximum=1e6) for one in SPEC.features))
    exact, rounded = compiling.LADDER
    monkeypatch.setattr(compiling, "LADDER", (replace(exact, make=lambda *_: b"no graph"), rounded))
    assert refused(estimator, SPEC, evaluation).code == "does_not_run"
    compiled = compile_and_prove(estimator, bounded, evaluation)
    assert (compiled.rung, list(compiled.refused_rungs)) == ("onnx_32", ["onnx_64"])
    assert compiled.parity["tolerance"] == 1e-5


def test_a_label_that_scores_decide_is_no_tie_where_probabilities_are_cut_off(evaluation):
    names = list(SPEC.names)
    model = SGDClassifier(loss="modified_huber", random_state=0).fit(evaluation[names], evaluation["species"])
    expected = own_answers(model, SPEC, evaluation)
    lead = np.sort(expected.probabilities)[:, -1] - np.sort(expected.probabilities)[:, -2]
    assert (lead == 0).any()  # as if both labels were right
    assert refused(model, SPEC, evaluation).code == "other_answers"


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (KNeighborsClassifier(), "neighbours"),
        (make_pipeline(KNeighborsClassifier()), "neighbours"),
        (make_pipeline(KNNImputer(), DecisionTreeClassifier()), "filled_by_neighbours"),
    ],
)
def test_neighbours_that_are_equally_far_are_not_left_to_another_order(evaluation, model, code):
    assert refused(fitted(model, evaluation), SPEC, evaluation).code == code


def test_a_model_that_answers_by_chance_is_told_as_one(evaluation):
    model = fitted(DummyClassifier(strategy="stratified"), evaluation)
    host = Rung(name="host", make=lambda *_: b"", tolerance=0, ask=lambda _, *rows: answers_of(model, *rows))
    with pytest.raises(NotCompilable) as caught:
        prove(model, SPEC, evaluation, expected=own_answers(model, SPEC, evaluation), host=host)
    assert caught.value.code == "not_repeatable"


def test_a_regressor_for_a_classification_is_refused(evaluation):
    assert refused(fitted(LinearRegression(), evaluation), SPEC, evaluation).code == "other_kind"


def test_an_estimator_of_other_columns_is_refused(evaluation):
    turned = LogisticRegression(max_iter=500).fit(evaluation[NAMES[::-1]], evaluation["species"])
    assert compile_and_prove(turned, SPEC, evaluation).rung == "onnx_64"  # their order never matters
    renamed = evaluation.rename(columns={NAMES[0]: "other"})
    other = LogisticRegression(max_iter=500).fit(renamed[["other", *NAMES[1:]]], evaluation["species"])
    assert refused(other, SPEC, evaluation).code == "other_columns"


def test_rows_that_nobody_could_send_are_left_out_of_the_proof(evaluation):
    estimator = fitted(LogisticRegression(max_iter=500), evaluation)
    holes = evaluation.astype(float)
    holes.loc[3, "petalwidth"], holes.loc[5, "sepallength"] = np.nan, np.inf
    assert compile_and_prove(estimator, SPEC, holes).parity["rows"] == 43
    assert refused(estimator, SPEC, holes.assign(petalwidth=np.nan)).code == "no_rows"


def test_one_other_label_or_a_difference_over_the_tolerance_is_not_equal():
    def answers(outputs, p):
        return Answers(outputs, np.array([[p, 1 - p]] * len(outputs)))

    assert compare(answers([0, 1], 0.5), answers([0, 1], 0.5 + 9e-6), (0, 1))["equal"]
    assert not compare(answers([0, 1], 0.5), answers([0, 1], 0.5 + 2e-5), (0, 1))["equal"]
    different = compare(answers([0, 1], 0.6), answers([0, 0], 0.6), (0, 1))
    assert (different["equal"], different["label_differences"]) == (False, 1)
    assert not compare(answers([0], 0.5), answers([0], float("nan")), (0, 1))["equal"]


@pytest.mark.parametrize(
    ("p", "ours", "equal"),
    [(0.5, 0, True), (0.5 + 4e-6, 0, True), (0.6, 0, False), (0.4, 0, False), (0.5, 7, False)],
)
def test_another_label_that_is_as_probable_is_a_tie(p, ours, equal):
    probabilities = np.array([[p, 1 - p, 0.0]])
    found = compare(Answers([1], probabilities), Answers([ours], probabilities), (0, 1, 2))
    assert (found["equal"], found["ties"]) == (equal, int(equal))


def test_a_label_that_is_less_probable_is_no_tie_where_others_are():
    probabilities = np.array([[0.4, 0.4, 0.2]])
    found = compare(Answers([0], probabilities), Answers([2], probabilities), (0, 1, 2))
    assert (found["label_differences"], found["ties"]) == (1, 0)
