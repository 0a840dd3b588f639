"""Numbers: the Kolmogorov-Smirnov distance and its p by definition, and false alarms."""

import numpy as np
import pytest
from scipy.stats import kstwo

from scheduling.statistics.drift import value_shift


@pytest.mark.parametrize("decimals", [1, 9])  # with ties, and without
def test_it_is_the_largest_difference_of_the_cumulative_shares(decimals):
    chance = np.random.default_rng(1)
    a, b = chance.normal(0, 1, 300).round(decimals), chance.normal(0.3, 1, 200).round(decimals)
    distance = max(abs((a <= x).mean() - (b <= x).mean()) for x in [*a, *b])
    found = value_shift(a, b)
    assert (found.distance, found.p) == pytest.approx((distance, kstwo.sf(distance, 120)))
    assert found.visible == pytest.approx(1.83 / np.sqrt(120))


def test_the_same_numbers_do_not_drift():
    numbers = np.arange(50.0)
    shift = value_shift(numbers, numbers)
    assert (shift.distance, shift.p) == pytest.approx((0.0, 1.0))


def test_it_seldom_finds_drift_where_there_is_none():
    chance = np.random.default_rng(3)
    ps = [value_shift(chance.gamma(2, 1, 309), chance.gamma(2, 1, 133)).p for _ in range(400)]
    assert sum(p <= 0.05 for p in ps) <= 35  # the 99.9 % bound of 400 trials at .05


def test_what_is_no_number_is_no_silent_pass():
    with pytest.raises(ValueError, match="nan"):
        value_shift([1.0, float("nan"), 2.0], [1.0, 2.0, 3.0])
