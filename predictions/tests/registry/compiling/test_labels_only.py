"""Classifiers without `predict_proba` are compiled, proved by their labels, and answer labels alone."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC, NuSVC
from sklearn.tree import DecisionTreeClassifier

from predictions.contract.answers import Answers, same_answers
from predictions.registry import proof
from predictions.registry.compiling import compile_and_prove, load_bytes
from predictions.registry.proof import compare, rows_to_prove
from predictions.tests import other_models
from predictions.tests.other_models import AGE, DEBT, EARNED, MIXED, pipeline, signature

VOTERS = [
    ("line", LogisticRegression()),
    ("tree", DecisionTreeClassifier(max_depth=3)),
    ("bayes", GaussianNB()),
]
ESTIMATORS = [
    LinearSVC(),
    RidgeClassifier(),
    SGDClassifier(random_state=0),
    Perceptron(),
    SVC(),
    SVC(kernel="linear"),
    NuSVC(nu=0.2),
    VotingClassifier(VOTERS, voting="hard"),
]
LABELS = {"text": ("high", "low"), "bool": (False, True), "int": (3, 7), "three": ("a", "b", "c")}
LABELS |= {"numbers": (0, 1, 2)}


@pytest.fixture(scope="module")
def people():
    return other_models.people()


def labelled(people, labels):
    """As many labels, each on about as many rows, by age."""
    places = pd.qcut(people["age"] + 30 * people["income"], len(labels), labels=False)
    return people.assign(group=pd.Series([labels[place] for place in places], dtype="object").infer_objects())


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_it_is_compiled_and_gives_the_labels_of_scikit_learn(people, estimator, labels):
    # SVMClassifier computes in 32 bits: without bounds it is left to the model host.
    features = [replace(feature, minimum=-1e9, maximum=1e9) for feature in (AGE, EARNED, DEBT)]
    frame, spec = labelled(people, labels), signature("classification", "group", labels, *features)
    fitted = make_pipeline(StandardScaler(), estimator).fit(frame[list(spec.names)], frame["group"])
    compiled = compile_and_prove(fitted, spec, frame)
    assert (compiled.parity["label_differences"], compiled.parity["max_difference"]) == (0, 0.0)
    assert sorted(compiled.golden_rows["outputs"], key=str) == sorted(labels, key=str)
    assert "probabilities" not in compiled.golden_rows
    served = load_bytes(compiled.served_form, spec)
    answers = served.predict_frame(frame)
    assert (answers.probabilities, answers.shares, served.has_probabilities) == (None, [], False)
    assert answers.outputs == fitted.predict(frame[list(spec.names)]).tolist()
    assert {type(output) for output in answers.outputs} == {type(labels[0])}


@pytest.mark.parametrize("estimator", [LinearSVC(), RidgeClassifier(), SVC()], ids=str)
def test_so_is_one_that_takes_text_and_one_that_is_no_pipeline(people, estimator):
    mixed = pipeline(estimator).fit(people[list(MIXED.names)], people["buys"])
    assert compile_and_prove(mixed, MIXED, people).parity["equal"]
    spec = signature("classification", "buys", ("no", "yes"), AGE, EARNED)
    bare = estimator.fit(people[list(spec.names)], people["buys"])
    assert compile_and_prove(bare, spec, people).parity["rows"] == 120


def test_what_is_kept_of_it_is_plain_json(people):
    frame, spec = labelled(people, (False, True)), signature("classification", "group", (False, True), AGE)
    compiled = compile_and_prove(LinearSVC().fit(frame[["age"]], frame["group"]), spec, frame)
    golden = json.loads(json.dumps(compiled.golden_rows, allow_nan=False))
    again = load_bytes(compiled.served_form, spec).predict([tuple(row) for row in golden["rows"]])
    assert same_answers(again, golden, task=spec.task)


def test_the_parameters_of_a_voting_classifier_are_as_they_were(people):
    voting = VotingClassifier(VOTERS, voting="hard").fit(people[["age"]], people["buys"])
    compile_and_prove(voting, signature("classification", "buys", ("no", "yes"), AGE), people)
    assert voting.flatten_transform is True


def test_votes_may_have_weights(people):
    frame, names = people, ["age", "debt"]
    voting = VotingClassifier(VOTERS, voting="hard", weights=[3, 1, 1]).fit(frame[names], frame["buys"])
    spec = signature("classification", "buys", ("no", "yes"), AGE, DEBT)
    served = load_bytes(compile_and_prove(voting, spec, frame).served_form, spec)
    assert served.predict_frame(frame).outputs == voting.predict(frame[names]).tolist()
    assert voting.weights == [3, 1, 1]


def test_golden_rows_without_probabilities_are_compared_by_label():
    golden = {"outputs": ["yes", "no"]}
    assert same_answers(Answers(["yes", "no"]), golden, task="classification")
    assert not same_answers(Answers(["yes", "yes"]), golden, task="classification")
    shares = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert not same_answers(Answers(["yes", "no"], shares), golden, task="classification")
    assert not same_answers(
        Answers([1, 0]), {"outputs": [1, 0], "probabilities": shares}, task="classification"
    )


def test_labels_that_are_numbers_are_compared_as_labels():
    found = compare(Answers([1, 2, 3]), Answers([1, 2, 2]), (1, 2, 3))
    assert (found["equal"], found["label_differences"], found["ties"]) == (False, 1, 0)
    assert compare(Answers([1, 2]), Answers([1, 2]), (1, 2))["max_difference"] == 0.0
    one_has_none = compare(Answers([0], np.array([[1.0, 0.0]])), Answers([0]), (0, 1))
    assert (one_has_none["equal"], one_has_none["label_differences"]) == (False, 0)


def test_of_a_large_set_all_rows_are_proved_for_nothing_tells_which_are_near_a_border(people, monkeypatch):
    monkeypatch.setattr(proof, "MOST_ROWS", 50)
    monkeypatch.setattr(proof, "NEAR_A_BORDER", 10)
    monkeypatch.setattr(proof, "UNUSUAL", 10)
    answers = Answers(people["buys"].tolist())
    assert len(rows_to_prove(people, MIXED, answers)) == 120
    shares = np.array([[0.7, 0.3]] * 120)
    assert len(rows_to_prove(people, MIXED, Answers(answers.outputs, shares))) == 50
