"""Shares of categories: the pooled test against scipy, the effect, and what the sizes can show."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from scheduling.statistics.drift import category_shift


def test_equal_shares_have_no_distance():
    shift = category_shift(np.array([35, 35, 35]), np.array([15, 15, 15]))
    assert (shift.distance, shift.p) == pytest.approx((0.0, 1.0))


def test_it_names_the_largest_change_of_a_share():
    shift = category_shift(np.array([50, 30, 20]), np.array([35, 30, 35]))
    assert shift.distance == pytest.approx(0.15)


def test_its_p_is_scipys_where_no_category_is_rare():
    reference, recent = np.array([40, 35, 30]), np.array([10, 15, 20])
    expected = chi2_contingency([reference, recent], correction=False).pvalue
    assert category_shift(reference, recent).p == pytest.approx(expected)


def test_it_pools_categories_that_expect_fewer_than_five_rows():
    reference, recent = np.array([60, 30, 8, 7, 0]), np.array([20, 20, 2, 2, 1])
    pooled = [[60, 30, 15], [20, 20, 5]]
    expected = chi2_contingency(pooled, correction=False).pvalue
    assert category_shift(reference, recent).p == pytest.approx(expected)


def test_the_effect_is_told_of_rare_categories_too():
    shift = category_shift(np.array([100, 0]), np.array([40, 5]))
    assert shift.distance == pytest.approx(5 / 45)


def test_one_category_alone_cannot_drift():
    shift = category_shift(np.array([105, 0, 0]), np.array([45, 0, 0]))
    assert (shift.distance, shift.p) == (0.0, 1.0)


def test_it_says_what_the_sizes_can_show():
    assert category_shift(np.array([35, 35, 35]), np.array([15, 15, 15])).visible == pytest.approx(
        0.326, abs=0.0005
    )
    assert category_shift(np.full(2, 50_000), np.full(2, 50_000)).visible < 0.01


def test_it_seldom_finds_drift_where_there_is_none():
    chance = np.random.default_rng(11)
    draw = chance.multinomial
    ps = [category_shift(draw(105, [0.5, 0.3, 0.2]), draw(45, [0.5, 0.3, 0.2])).p for _ in range(400)]
    assert sum(p <= 0.05 for p in ps) <= 35  # the 99.9 % bound of 400 trials at .05
