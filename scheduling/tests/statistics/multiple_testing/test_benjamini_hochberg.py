"""Many tests at once: what is significant among them."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from scheduling.statistics.multiple_testing.benjamini_hochberg import benjamini_hochberg


@pytest.mark.parametrize("seed", range(5))
def test_it_is_scipys(seed):
    chance = np.random.default_rng(seed)
    p = np.concatenate([chance.random(15), chance.random(5) / 100])
    assert (benjamini_hochberg(p, 0.05) == (false_discovery_control(p) <= 0.05)).all()


def test_a_larger_p_lets_smaller_ones_by():
    assert benjamini_hochberg([0.04, 0.045, 0.9], 0.05).tolist() == [False, False, False]
    assert benjamini_hochberg([0.04, 0.045, 0.05], 0.05).tolist() == [True, True, True]


def test_one_is_compared_with_q_itself():
    assert benjamini_hochberg([0.05], 0.05).tolist() == [True]
    assert benjamini_hochberg([0.0501], 0.05).tolist() == [False]


def test_of_none_none_is():
    assert benjamini_hochberg([], 0.05).tolist() == []
