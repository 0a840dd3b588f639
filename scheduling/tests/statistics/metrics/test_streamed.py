"""Metrics of rows that come in parts are those of the rows at once, to 1e-12."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.statistics.metrics import spilled, streamed
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.streamed import Sums
from scheduling.statistics.metrics.table import measure, metrics_of

seeds, sizes = st.integers(0, 2**32 - 1), st.lists(st.integers(1, 40), min_size=1, max_size=6)
CLASSIFICATION = [one.name for one in metrics_of("classification") if one.name != "average_precision"]
REGRESSION = [one.name for one in metrics_of("regression")]


def classified(chance, n, k, digits):
    """Some scores are equal, and where there are few rows a label may be absent."""
    shares = chance.dirichlet(np.ones(k), n).round(digits)
    y, predicted = chance.integers(0, k, (2, n))
    return Scored(y=y, predicted=predicted, probabilities=shares, labels=tuple(range(k)))


def parts_of(rows, lengths):
    for end, n in zip(np.cumsum(lengths), lengths, strict=True):
        here = slice(end - n, end)
        shares = None if rows.probabilities is None else rows.probabilities[here]
        yield Scored(y=rows.y[here], predicted=rows.predicted[here], probabilities=shares, labels=rows.labels)


def assert_same(rows, lengths, names, options):
    sums = Sums(labels=rows.labels, options=options)
    for part in parts_of(rows, lengths):
        sums.add(part)
    (values, why), (expected, why_expected) = sums.values(names), measure(names, rows, options)
    assert sums.rows == len(rows.y)
    assert why.keys() == why_expected.keys()
    assert values.keys() == expected.keys()
    for name in values.keys() - why.keys():
        assert values[name] == pytest.approx(expected[name], rel=1e-12, abs=1e-12), name


@settings(deadline=None, max_examples=25)
@given(seeds, sizes, st.integers(1, 5), st.integers(1, 8), st.sampled_from([-1, 0, 1, None]))
def test_of_labels_and_probabilities(seed, lengths, k, digits, positive):
    rows = classified(np.random.default_rng(seed), sum(lengths), k, digits)
    assert_same(rows, lengths, CLASSIFICATION, Options(positive=positive))


@settings(deadline=None, max_examples=25)
@given(seeds, sizes, st.sampled_from([0.0, 1.0, 1e6]), st.floats(0.05, 0.95))
def test_of_values(seed, lengths, middle, quantile):
    chance, n = np.random.default_rng(seed), sum(lengths) + 1
    y = middle + chance.normal(size=n)
    rows = Scored(y=y, predicted=y + chance.normal(size=n))
    assert_same(rows, [*lengths, 1], REGRESSION, Options(quantile=quantile))


def test_without_probabilities_and_with_an_answer_that_is_no_number():
    rows = classified(np.random.default_rng(1), 20, 2, 3)
    labels_only = Scored(y=rows.y, predicted=rows.predicted, labels=rows.labels)
    assert_same(labels_only, [10, 10], CLASSIFICATION, Options())
    y = np.arange(20.0) + 1
    assert_same(Scored(y=y, predicted=np.where(y == 15, np.inf, y)), [10, 10], REGRESSION, Options())


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_the_auc_of_scores_that_are_ranked_a_range_at_a_time(digits, monkeypatch):
    monkeypatch.setattr(spilled, "RANGE", 30)
    monkeypatch.setattr(spilled, "LOOKED_AT", 50)
    rows = classified(np.random.default_rng(digits), 400, 3, digits)
    assert_same(rows, [150, 1, 249], ["roc_auc"], Options())


def test_more_scores_than_are_kept_have_no_auc(monkeypatch):
    monkeypatch.setattr(streamed, "MOST_SCORES", 15)
    sums = Sums(labels=(0, 1), options=Options())
    for part in parts_of(classified(np.random.default_rng(1), 20, 2, 3), [10, 10]):
        sums.add(part)
    assert set(sums.values(CLASSIFICATION)[1]) == {"roc_auc"}
