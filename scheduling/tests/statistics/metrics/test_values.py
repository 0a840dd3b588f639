"""Every metric's value, against scikit-learn's own function."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from predictions.contract.answers import Answers
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored, positions, scored
from scheduling.statistics.metrics.table import METRICS, measure, metrics_of
from scheduling.tests.statistics.rows_factory import classified, labelled, regressed

OPTIONS = Options(log_loss_floor=1e-12, quantile=0.8)
TWO = ("no", "yes")


def value(name, rows, options=OPTIONS):
    return METRICS[name].value(rows, options)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", sklearn_metrics.accuracy_score),
        ("balanced_accuracy", sklearn_metrics.balanced_accuracy_score),
        ("f1_macro", lambda y, p: sklearn_metrics.f1_score(y, p, average="macro")),
        ("f1_weighted", lambda y, p: sklearn_metrics.f1_score(y, p, average="weighted")),
    ],
)
def test_a_metric_of_labels_is_that_of_scikit_learn(name, expected, seed):
    rows = classified(seed)
    assert value(name, rows) == pytest.approx(expected(rows.y, rows.predicted))


@pytest.mark.parametrize("labels", [TWO, ("a", "b", "c")])
def test_losses_of_probabilities_are_those_of_scikit_learn(labels):
    rows = classified(3, labels=labels)
    assert value("log_loss", rows) == pytest.approx(sklearn_metrics.log_loss(rows.y, rows.probabilities))
    probabilities = rows.probabilities[:, 1] if len(labels) == 2 else rows.probabilities
    expected = sklearn_metrics.brier_score_loss(rows.y, probabilities)
    assert value("brier", rows) == pytest.approx(expected)


@pytest.mark.parametrize("places", [1, 9])  # with many ties, and with none
@pytest.mark.parametrize("positive", [0, 1])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("roc_auc", sklearn_metrics.roc_auc_score),
        ("average_precision", sklearn_metrics.average_precision_score),
    ],
)
def test_a_metric_of_ranks_is_that_of_scikit_learn(name, expected, places, positive):
    rows = classified(4, labels=TWO)
    rows = Scored(
        y=rows.y, predicted=rows.predicted, labels=TWO, probabilities=rows.probabilities.round(places)
    )
    score = rows.probabilities[:, positive]
    assert value(name, rows, Options(positive=positive)) == pytest.approx(expected(rows.y == positive, score))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("r2", sklearn_metrics.r2_score),
        ("rmse", sklearn_metrics.root_mean_squared_error),
        ("mae", sklearn_metrics.mean_absolute_error),
        ("mape", sklearn_metrics.mean_absolute_percentage_error),
        ("pinball", lambda y, p: sklearn_metrics.mean_pinball_loss(y, p, alpha=0.8)),
    ],
)
def test_a_metric_of_values_is_that_of_scikit_learn(name, expected):
    rows = regressed(5)
    assert value(name, rows) == pytest.approx(expected(rows.y, rows.predicted))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("roc_auc", sklearn_metrics.roc_auc_score),
        ("average_precision", sklearn_metrics.average_precision_score),
    ],
)
def test_a_value_of_ranks_is_exact_however_many_rows_there_are(name, expected, monkeypatch):
    """The rows' parts, of which the interval is made, count like scores as one then."""
    monkeypatch.setattr("scheduling.statistics.metrics.ranks.MANY", 1)
    rows = classified(8, 5000, labels=TWO)
    assert value(name, rows) == expected(rows.y, rows.probabilities[:, 1])
    assert METRICS[name].parts(rows, OPTIONS).mean() != pytest.approx(value(name, rows), abs=1e-12)


def test_a_probability_is_at_most_one_as_clients_get_it():
    votes = np.array([[np.float32(1.0000001), 0], [0, 1]], dtype=np.float32)
    rows = scored([0, 1], Answers([0, 1], votes), (0, 1))
    assert rows.probabilities.dtype == float
    assert value("brier", rows) == 0.0


def test_the_floor_bounds_what_one_row_without_a_vote_costs():
    rows = Scored(y=np.array([0, 0]), predicted=np.array([0, 1]), probabilities=np.eye(2), labels=TWO)
    expected = (-math.log(1 / 1.01) - math.log(0.01 / 1.01)) / 2
    assert value("log_loss", rows, Options(log_loss_floor=0.01)) == pytest.approx(expected)


def test_precision_counts_a_label_that_is_never_predicted_as_zero():
    values, _ = measure(["precision_macro"], labelled([0, 1, 2, 2], [0, 0, 2, 2]), OPTIONS)
    assert values["precision_macro"] == pytest.approx((0.5 + 0 + 1) / 3)


@pytest.mark.parametrize(
    ("name", "rows", "why"),
    [
        ("f1_macro", labelled([0, 0, 1], [0, 1, 2]), "label c"),
        ("roc_auc", replace(classified(1), y=np.arange(200) % 2), "label c"),
        ("roc_auc", labelled([0, 1], [0, 1], TWO), "probabilities"),
        ("brier", labelled([0, 1], [0, 1], TWO), "probabilities"),
        (
            "log_loss",
            Scored(
                y=np.zeros(2, int), predicted=np.zeros(2, int), probabilities=np.ones((2, 1)), labels=("a",)
            ),
            "one label",
        ),
        ("mape", Scored(y=np.array([1.0, 0.0]), predicted=np.ones(2)), "above 0"),
        ("mape", Scored(y=np.array([1.0, -2.0]), predicted=np.ones(2)), "above 0"),
        ("r2", Scored(y=np.ones(3), predicted=np.arange(3.0)), "the same"),
        ("rmse", Scored(y=np.ones(2), predicted=np.array([1.0, np.nan])), "finite number"),
    ],
)
def test_where_a_metric_has_no_value_it_says_why(name, rows, why):
    with pytest.raises(MetricUndefined, match=why):
        METRICS[name].value(rows, OPTIONS)


def test_ranks_need_both_labels():
    rows = Scored(
        y=np.zeros(3, int), predicted=np.zeros(3, int), probabilities=np.full((3, 2), 0.5), labels=TWO
    )
    with pytest.raises(MetricUndefined):
        value("average_precision", rows)


def test_all_that_a_signature_can_have_is_measured_as_plain_numbers():
    names = [metric.name for metric in metrics_of("classification")]
    values, undefined = measure(names, classified(6, labels=TWO), OPTIONS)
    assert list(values) == names
    assert {type(number) for number in values.values()} == {float}
    assert undefined == {}


def test_what_is_undefined_is_null_and_told_of():
    rows = Scored(y=np.array([0.0, 1, 2]), predicted=np.ones(3))
    values, undefined = measure(["mape", "mae"], rows, OPTIONS)
    assert (values["mape"], values["mae"]) == (None, pytest.approx(2 / 3))
    assert undefined.keys() == {"mape"}


@pytest.mark.parametrize("places", [1, 9])
def test_of_three_labels_it_is_the_mean_of_each_against_the_rest(places):
    rows = classified(4)
    rows = replace(rows, probabilities=rows.probabilities.round(places))
    each = [(rows.y == label, rows.probabilities[:, label]) for label in range(3)]
    for name, expected in (
        ("roc_auc", sklearn_metrics.roc_auc_score),
        ("average_precision", sklearn_metrics.average_precision_score),
    ):
        assert value(name, rows) == pytest.approx(np.mean([expected(*one) for one in each]))
    exact = classified(4)
    macro = sklearn_metrics.roc_auc_score(exact.y, exact.probabilities, multi_class="ovr", average="macro")
    assert value("roc_auc", exact) == pytest.approx(macro)


def test_of_three_labels_none_is_the_positive_one():
    values = {value("roc_auc", classified(4), Options(positive=positive)) for positive in (None, 0, 1, -1)}
    assert len(values) == 1


def test_a_label_that_the_signature_lacks_is_an_error():
    assert positions(["c", "a"], ("a", "b", "c")).tolist() == [2, 0]
    with pytest.raises(KeyError, match="rosa"):
        scored(["a"], Answers(["rosa"]), ("a", "b"))
