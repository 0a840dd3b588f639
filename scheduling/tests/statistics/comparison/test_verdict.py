"""What an interval shows, how many rows would show more, and McNemar's exact test."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest

from scheduling.statistics.comparison.interval import Interval
from scheduling.statistics.comparison.pair import Pair, mcnemar
from scheduling.statistics.comparison.verdict import Verdict, units_to_settle, verdict
from scheduling.statistics.metrics.scored import Scored


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
    assert units_to_settle(interval, 0.0) is None
    # ((1.645 + 0.842) · 0.3 / 0.05)², rounded up
    assert units_to_settle(interval, 0.05) == 223
    assert all(a > b for a, b in pairwise(units_to_settle(interval, g) for g in (0.01, 0.02, 0.05, 0.5)))


@pytest.mark.parametrize(("fixed", "broken"), [(6, 0), (4, 1), (0, 3), (9, 9), (0, 0)])
def test_mcnemar_is_the_exact_binomial_test(fixed, broken):
    y = np.zeros(40, int)
    champion, candidate = y.copy(), y.copy()
    champion[:fixed] = 1
    candidate[fixed : fixed + broken] = 1
    found = mcnemar(
        Pair(champion=Scored(y=y, predicted=champion), candidate=Scored(y=y, predicted=candidate))
    )
    assert found[:2] == (fixed, broken)
    n = fixed + broken
    expected = binomtest(fixed, n, 0.5, alternative="greater").pvalue if n else 1.0
    assert found[2] == pytest.approx(expected)
