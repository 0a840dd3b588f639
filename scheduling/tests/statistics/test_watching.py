"""The evidence after a flip: its values, and that it is seldom wrong however often it is looked at."""

import math

import numpy as np
import pytest
from django.test import SimpleTestCase
from scipy import stats

from scheduling.statistics.watching import (
    Bets,
    chance_of_as_many,
    log_evidence,
    log_mean,
    upper_bound,
)

ALPHA = 0.05
DAYS = 400


class ValuesTests(SimpleTestCase):
    """What can be computed by hand."""

    def test_the_bound_is_the_rate_at_which_so_few_are_rare(self):
        bound = upper_bound(3, 100, ALPHA)
        self.assertAlmostEqual(stats.binom.cdf(3, 100, bound), ALPHA)
        self.assertEqual(upper_bound(5, 5, ALPHA), 1.0)
        self.assertAlmostEqual(upper_bound(0, 12, ALPHA), 1 - ALPHA ** (1 / 12))

    def test_the_chance_of_as_many_is_the_binomial_one(self):
        self.assertAlmostEqual(chance_of_as_many(3, 20, 0.02), stats.binom.sf(2, 20, 0.02))
        self.assertEqual(chance_of_as_many(20, 20, 1.0), 1.0)

    def test_one_row_is_the_mean_of_the_ratios(self):
        ratios = [1.25, 1.5, 2, 3, 5, 5.5, 5.5]  # of 0.1; no rate above (1 + 0.1) / 2
        self.assertAlmostEqual(log_evidence(1, 1, 0.1), math.log(sum(ratios) / 7))

    def test_evidence_is_fair_at_the_bound(self):
        expected = sum(
            stats.binom.pmf(bad, 20, 0.1) * math.exp(log_evidence(bad, 20, 0.1)) for bad in range(21)
        )
        self.assertAlmostEqual(expected, 1.0)

    def test_nothing_seen_and_a_bound_of_one_are_no_evidence(self):
        self.assertAlmostEqual(log_evidence(0, 0, 0.1), 0.0)
        self.assertEqual(log_evidence(10, 10, 1.0), 0.0)
        self.assertEqual(log_mean([]), 0.0)

    def test_bets_go_on_where_they_were(self):
        gains = np.random.default_rng(1).uniform(-1, 0.8, 50)
        whole = Bets().after(gains, margin=0.01)
        parts = Bets().after(gains[:20], margin=0.01).after(gains[20:], margin=0.01)
        self.assertEqual(whole, parts)
        self.assertEqual(whole.rows, 50)

    def test_a_gain_that_is_no_difference_of_losses_is_refused(self):
        for gain in (1.1, -1.1, math.nan):
            with self.assertRaises(ValueError):
                Bets().after([gain], margin=0.0)


def breached(bad, bound):
    """Whether the evidence is ever enough, looked at after each block."""
    so_far = np.cumsum(bad)
    return any(log_evidence(int(n), i + 1, bound) >= math.log(2 / ALPHA) for i, n in enumerate(so_far))


def days_breached(rate_before, rate_after, *, before=288, after=96, days=DAYS):
    chance = np.random.default_rng(5)
    count = 0
    for _ in range(days):
        bound = upper_bound(int(chance.binomial(before, rate_before)), before, ALPHA / 2)
        count += breached(chance.random(after) < rate_after, bound)
    return count


def most(trials):
    """So many false ones a correct program has with a probability of .999."""
    return stats.binom.ppf(0.999, trials, ALPHA)


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.5])
def test_an_unchanged_rate_is_seldom_breached(rate):
    assert days_breached(rate, rate) <= most(DAYS)


def test_a_rate_ten_times_as_high_is_found():
    assert days_breached(0.02, 0.2, days=50) == 50


def ever_breached(gains, margin=0.0):
    bets = Bets()
    for gain in gains:
        bets = bets.after([gain], margin=margin)
        if bets.log_wealth >= math.log(1 / ALPHA):
            return True
    return False


@pytest.mark.parametrize("spread", [0.05, 0.5, 1.0])
def test_equal_losses_are_seldom_called_worse_after_any_label(spread):
    chance = np.random.default_rng(6)
    found = sum(ever_breached(chance.uniform(-spread, spread, 500)) for _ in range(DAYS))
    assert found <= most(DAYS)


def test_a_rare_great_loss_against_many_small_gains_is_no_way_round():
    """Mean 0: 2 % lose .49, the others gain .01."""
    chance = np.random.default_rng(7)
    found = sum(ever_breached(np.where(chance.random(500) < 0.02, -0.49, 0.01)) for _ in range(DAYS))
    assert found <= most(DAYS)


def test_a_loss_is_found():
    chance = np.random.default_rng(8)
    assert sum(ever_breached(chance.normal(-0.07, 0.2, 500).clip(-1, 1)) for _ in range(50)) >= 48
