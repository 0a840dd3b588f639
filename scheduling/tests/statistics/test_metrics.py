"""Point values of the metrics, against scikit-learn's own functions."""

import math

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from predictions.serving import Answers
from scheduling.statistics.metrics import classification_metrics, log_loss, positions

LABELS = ("setosa", "versicolor", "virginica")


def draw(seed, n=60):
    """Positions of labels, and answers with probabilities that are never near zero."""
    chance = np.random.default_rng(seed)
    probabilities = chance.dirichlet([3, 3, 3], n)
    y = chance.integers(0, 3, n)
    return y, Answers([LABELS[i] for i in probabilities.argmax(1)], probabilities)


def test_its_values_are_those_of_scikit_learn():
    y, answers = draw(3)
    predicted = answers.probabilities.argmax(1)
    measured = classification_metrics(y, answers, LABELS, floor=1e-9)
    assert measured == pytest.approx(
        {
            "f1_macro": sklearn_metrics.f1_score(y, predicted, average="macro"),
            "accuracy": sklearn_metrics.accuracy_score(y, predicted),
            "precision_macro": sklearn_metrics.precision_score(y, predicted, average="macro"),
            "recall_macro": sklearn_metrics.recall_score(y, predicted, average="macro"),
            "log_loss": sklearn_metrics.log_loss(y, answers.probabilities),
        }
    )


def test_all_values_are_plain_numbers_that_json_takes():
    y, answers = draw(4)
    assert {type(value) for value in classification_metrics(y, answers, LABELS, floor=0.01).values()} == {
        float
    }


def test_a_class_that_is_never_predicted_counts_as_zero():
    y = np.array([0, 1, 2, 2])
    answers = Answers(["setosa", "setosa", "virginica", "virginica"], np.eye(3)[[0, 0, 2, 2]])
    measured = classification_metrics(y, answers, LABELS, floor=0.01)
    assert measured["precision_macro"] == pytest.approx((0.5 + 0 + 1) / 3)
    assert measured["recall_macro"] == pytest.approx((1 + 0 + 1) / 3)


def test_the_floor_bounds_what_one_row_without_a_vote_costs():
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert log_loss(np.array([0, 0]), probabilities, floor=0.01) == pytest.approx(
        (-math.log(1 / 1.01) - math.log(0.01 / 1.01)) / 2
    )


def test_the_log_loss_is_that_of_scikit_learn_once_the_floor_is_applied():
    y, answers = draw(5)
    raised = np.clip(answers.probabilities, 0.2, 1)
    expected = sklearn_metrics.log_loss(y, raised / raised.sum(1, keepdims=True))
    assert log_loss(y, answers.probabilities, floor=0.2) == pytest.approx(expected)


def test_a_label_that_the_signature_lacks_is_an_error():
    assert positions(["virginica", "setosa"], LABELS).tolist() == [2, 0]
    with pytest.raises(KeyError, match="rosa"):
        positions(["rosa"], LABELS)
