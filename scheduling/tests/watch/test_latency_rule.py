"""Requests of like sizes against those before; and that our own comparison has the last word."""

import numpy as np
import pytest
from django.test import SimpleTestCase

from predictions.log.latency_bins import bin_of
from scheduling.watch.rules import LatencyRule

ALPHA = 0.05
QUICK, SLOW = {bin_of(4e-4): 30}, {bin_of(4e-3): 30}
CONFIRMED = {"slower": 30, "rounds": 30}


def against(blocks):
    return LatencyRule.against(blocks, tolerance=1.25, alpha=ALPHA)


def after(rule, blocks):
    for each in blocks:
        rule = rule.after(each)
    return rule


class LatencyTests(SimpleTestCase):
    """Blocks against blocks before."""

    calm = against([{1: QUICK}] * 288)

    def test_it_needs_blocks_before(self):
        rule = against([{1: {bin_of(4e-4): 19}}])
        self.assertIn("no five minutes with 20 requests", rule.missing)
        self.assertEqual(rule.after({1: SLOW}), rule)
        self.assertIsNone(rule.finding(alpha=ALPHA))

    def test_a_block_with_few_requests_says_nothing(self):
        self.assertEqual(self.calm.after({1: {bin_of(4e-3): 19}}), self.calm)
        slow, quick = self.calm.after({1: SLOW}).sizes["1"], self.calm.after({1: QUICK}).sizes["1"]
        self.assertEqual((slow.bad, quick.bad, slow.blocks, quick.blocks), (1, 0, 1, 1))
        self.assertAlmostEqual(slow.limit_us / 500, 1, delta=0.09)

    def test_one_slow_block_is_no_suspicion_and_three_are(self):
        self.assertIsNone(after(self.calm, [{1: SLOW}]).suspect(alpha=ALPHA))
        self.assertEqual(after(self.calm, [{1: SLOW}] * 3).suspect(alpha=ALPHA), 1)

    def test_a_suspicion_is_acted_on_where_our_own_comparison_confirms_it(self):
        rule = after(self.calm, [{1: SLOW}] * 3)
        for rounds, acts in (
            ({"slower": 0, "rounds": 0}, False),
            ({"slower": 9, "rounds": 30}, False),
            (CONFIRMED, True),
        ):
            found = rule.compared(**rounds).finding(alpha=ALPHA)
            self.assertIs(found.acts, acts)
            self.assertIn("in 3 of 3 blocks", found.sentence)
        self.assertIn("in 30 of 30 rounds", found.sentence)
        self.assertIn("bound 80", found.sentence)

    def test_our_own_comparison_alone_is_none(self):
        self.assertIsNone(self.calm.compared(**CONFIRMED).finding(alpha=ALPHA))

    def test_large_requests_are_compared_with_large_ones_only(self):
        """A nightly batch, and then all clients who send a hundred rows where they sent one."""
        rule = after(self.calm, [{1: QUICK, 11: {bin_of(2e-2): 1}}] * 20 + [{7: SLOW}] * 20)
        self.assertIsNone(rule.suspect(alpha=ALPHA))
        self.assertEqual(rule.sizes["1"].blocks, 20)

    def test_each_size_is_looked_at(self):
        rule = against([{1: QUICK, 7: SLOW}] * 288)
        slower = {bin_of(4e-2): 30}
        self.assertEqual(after(rule, [{1: QUICK, 7: slower}] * 3).suspect(alpha=ALPHA), 7)
        self.assertIsNone(after(rule, [{1: QUICK, 7: SLOW}] * 30).suspect(alpha=ALPHA))


@pytest.mark.parametrize("factor", [1.0, 1.25])
def test_a_version_up_to_the_tolerance_is_seldom_rolled_back_however_slow_the_machine_gets(factor):
    """Somebody floods it: all requests take ten times as long, in every block of the day."""
    chance, found = np.random.default_rng(5), 0
    for _ in range(200):
        rule = against([{1: QUICK}] * 288)
        for _ in range(48):
            rule = rule.after({1: SLOW})
            if rule.suspect(alpha=ALPHA):
                ratios = factor * chance.lognormal(0, 0.2, 30)
                rule = rule.compared(slower=int((ratios > 1.25).sum()), rounds=30)
            found_now = rule.finding(alpha=ALPHA)
            if found_now and found_now.acts:
                found += 1
                break
    assert found <= 9  # of 200 at alpha / 4, with a probability of .999
