"""Numbers: the Kolmogorov-Smirnov test against scipy, the distance, and its false alarms."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from scheduling.statistics.drift.shift import value_shift


def test_it_is_scipys():
    chance = np.random.default_rng(1)
    a, b = chance.normal(0, 1, 300), chance.normal(0.3, 1, 200)
    found, expected = value_shift(a, b), ks_2samp(a, b, method="asymp")
    assert (found.distance, found.p) == pytest.approx((expected.statistic, expected.pvalue))
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
