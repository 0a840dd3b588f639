"""The paired interval: its numbers by closed form, its influence values by finite differences."""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import accuracy_score, f1_score

from scheduling.outcomes import Verdict
from scheduling.statistics.paired import (
    Interval,
    MetricUndefined,
    gain_interval,
    joint_counts,
    rows_to_settle,
    value_and_influence,
    verdict,
)


def counts_of(*, right, fixed, broken, wrong=0):
    """Two classes, split evenly where it can be: rows by which of the two models is right."""
    counts = np.zeros((2, 2, 2))
    for label, other in ((0, 1), (1, 0)):
        counts[label, label, label] = (right + label) // 2
        counts[label, other, label] = (fixed + label) // 2
        counts[label, label, other] = (broken + label) // 2
        counts[label, other, other] = (wrong + label) // 2
    return counts


def drawn(seed, n=200, k=3):
    chance = np.random.default_rng(seed)
    return tuple(chance.integers(0, k, n) for _ in range(3))


@pytest.mark.parametrize(
    ("fixed", "broken", "right"), [(0, 0, 45), (4, 0, 41), (4, 1, 40), (9, 3, 33), (0, 6, 39), (20, 20, 460)]
)
@pytest.mark.parametrize("alpha", [0.05, 0.02, 0.001])
def test_it_gives_bonett_and_prices_interval_for_accuracy(fixed, broken, right, alpha):
    n = fixed + broken + right
    interval = gain_interval(counts_of(right=right, fixed=fixed, broken=broken), "accuracy", alpha)
    # With N = n + 2 and g = (b - c) / N the squared standard error is ((b + c + 2) / N - g²) / N.
    gain = (fixed - broken) / (n + 2)
    half = norm.ppf(1 - alpha) * sqrt(((fixed + broken + 2) / (n + 2) - gain**2) / (n + 2))
    assert (interval.low, interval.high) == pytest.approx((gain - half, gain + half), abs=1e-12)


def test_it_is_not_certain_where_nothing_differs():
    interval = gain_interval(counts_of(right=45, fixed=0, broken=0), "accuracy", 0.05)
    assert (interval.low, interval.high) == pytest.approx((-0.050, 0.050), abs=0.001)


def test_45_rows_need_four_that_are_fixed_and_none_broken():
    lows = [gain_interval(counts_of(right=45 - n, fixed=n, broken=0), "accuracy", 0.05).low for n in range(6)]
    assert [low > 0 for low in lows] == [False, False, False, False, True, True]


def test_three_classes_have_the_same_interval_of_accuracy_as_two():
    y, champion, candidate = drawn(1)
    fixed = int(((candidate == y) & (champion != y)).sum())
    broken = int(((candidate != y) & (champion == y)).sum())
    interval = gain_interval(joint_counts(y, champion, candidate, 3), "accuracy", 0.05)
    two = counts_of(right=200 - fixed - broken, fixed=fixed, broken=broken)
    expected = gain_interval(two, "accuracy", 0.05)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_it_counts_rows_by_label_champion_and_candidate():
    counts = joint_counts(np.array([0, 0, 2, 2]), np.array([0, 1, 2, 2]), np.array([0, 0, 1, 1]), 3)
    assert counts.shape == (3, 3, 3)
    assert (counts[0, 0, 0], counts[0, 1, 0], counts[2, 2, 1], counts.sum()) == (1, 1, 2, 4)


@pytest.mark.parametrize("seed", range(5))
def test_its_values_are_those_of_scikit_learn(seed):
    y, _, predicted = drawn(seed)
    shares = joint_counts(y, y, predicted, 3).sum(1) / len(y)
    assert value_and_influence(shares, "f1_macro")[0] == pytest.approx(
        f1_score(y, predicted, average="macro")
    )
    assert value_and_influence(shares, "accuracy")[0] == pytest.approx(accuracy_score(y, predicted))


@pytest.mark.parametrize("metric", ["f1_macro", "accuracy"])
def test_its_influence_values_are_the_metrics_derivatives(metric):
    y, _, predicted = drawn(7)
    shares = joint_counts(y, y, predicted, 3).sum(1) / len(y)
    value, influence = value_and_influence(shares, metric)
    step = 1e-6
    for cell in np.ndindex(3, 3):
        more = shares * (1 - step)  # a little weight moved to one cell
        more[cell] += step
        derivative = (value_and_influence(more, metric)[0] - value) / step
        assert influence[cell] == pytest.approx(derivative, abs=1e-4)
    assert (shares * influence).sum() == pytest.approx(0, abs=1e-12)


def test_the_better_of_two_swapped_models_is_the_worse():
    y, champion, candidate = drawn(3)
    one = gain_interval(joint_counts(y, champion, candidate, 3), "f1_macro", 0.05)
    other = gain_interval(joint_counts(y, candidate, champion, 3), "f1_macro", 0.05)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_it_is_undefined_where_a_class_has_no_rows():
    y = np.array([0, 0, 1, 1])
    with pytest.raises(MetricUndefined, match="a class has no rows"):
        gain_interval(joint_counts(y, y, y, 3), "f1_macro", 0.05)


def test_a_class_that_is_never_predicted_has_an_interval_all_the_same():
    y = np.repeat([0, 1, 2], 15)
    never = np.where(y == 1, 2, y)
    interval = gain_interval(joint_counts(y, never, y, 3), "f1_macro", 0.05)
    assert 0.2 < interval.low < interval.high < 0.6


@pytest.mark.parametrize(
    ("low", "high", "least_gain", "margin", "expected"),
    [
        (0.02, 0.10, 0.01, 0.0, Verdict.BETTER),
        (0.01, 0.10, 0.01, 0.0, Verdict.NOT_WORSE),  # its end must pass the least gain, not touch it
        (0.005, 0.1, 0.01, 0.0, Verdict.NOT_WORSE),
        (0.0, 0.1, 0.0, 0.0, Verdict.CANNOT_TELL),
        (-0.01, 0.1, 0.0, 0.02, Verdict.NOT_WORSE),
        (-0.02, 0.1, 0.0, 0.02, Verdict.CANNOT_TELL),
        (-0.05, 0.05, 0.01, 0.02, Verdict.CANNOT_TELL),
        (-0.10, -0.01, 0.0, 0.0, Verdict.WORSE),
        (-0.01, -0.005, 0.0, 0.02, Verdict.NOT_WORSE),  # worse by less than the margin
        (-0.10, 0.0, 0.0, 0.0, Verdict.CANNOT_TELL),
    ],
)
def test_it_says_what_the_interval_shows(low, high, least_gain, margin, expected):
    interval = Interval(low=low, high=high, spread=0.5, alpha=0.05)
    assert verdict(interval, least_gain=least_gain, margin=margin) is expected


def test_no_number_of_rows_settles_a_gain_of_nothing():
    interval = Interval(low=-0.1, high=0.1, spread=0.3, alpha=0.05)
    assert rows_to_settle(interval, 0.0) is None
    # ((1.645 + 0.842) · 0.3 / 0.05)², rounded up
    assert rows_to_settle(interval, 0.05) == 223
    assert all(a > b for a, b in pairwise(rows_to_settle(interval, g) for g in (0.01, 0.02, 0.05, 0.5)))
