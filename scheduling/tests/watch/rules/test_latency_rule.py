"""Requests of like sizes against those before; and that our own comparison has the last word."""

import numpy as np
import pytest
from django.test import SimpleTestCase

from predictions.log.request_lines import bin_of
from scheduling.watch.callers import ANONYMOUS, GROUPS
from scheduling.watch.rules import LatencyRule

ALPHA = 0.05
QUICK, SLOW = {bin_of(4e-4): 30}, {bin_of(4e-3): 30}
CONFIRMED = {"slower": 30, "rounds": 30}


def by_voice(block, voices):
    return dict.fromkeys(voices, block)


def against(blocks, voices=(ANONYMOUS,)):
    return LatencyRule.against([by_voice(each, voices) for each in blocks], tolerance=1.25, alpha=ALPHA)


def after(rule, blocks, voices=(ANONYMOUS,)):
    for each in blocks:
        rule = rule.after(by_voice(each, voices))
    return rule


def suspect(rule, *, trusted=False):
    """The size that is to be looked into."""
    return next((of.size for of in rule.suspects(alpha=ALPHA, trusted=trusted) if of.believed), None)


def finding(rule, *, trusted=False):
    return rule.finding(alpha=ALPHA, trusted=trusted)


class LatencyTests(SimpleTestCase):
    """Blocks against blocks before."""

    calm = against([{1: QUICK}] * 288)

    def test_it_needs_blocks_before(self):
        rule = against([{1: {bin_of(4e-4): 19}}])
        self.assertIn(" 20 ", rule.missing)
        self.assertEqual(after(rule, [{1: SLOW}]).sizes, {})
        self.assertIsNone(finding(rule))

    def test_a_block_with_few_requests_says_nothing(self):
        self.assertEqual(after(self.calm, [{1: {bin_of(4e-3): 19}}]).sizes, self.calm.sizes)
        slow, quick = (after(self.calm, [{1: steps}]).sizes["1"] for steps in (SLOW, QUICK))
        self.assertEqual((slow.bad, quick.bad, slow.blocks, quick.blocks), (1, 0, 1, 1))
        self.assertAlmostEqual(slow.limit_us / 500, 1, delta=0.09)

    def test_one_slow_block_is_no_suspicion_and_three_are(self):
        self.assertIsNone(suspect(after(self.calm, [{1: SLOW}])))
        self.assertEqual(suspect(after(self.calm, [{1: SLOW}] * 3)), 1)

    def test_a_suspicion_is_acted_on_where_our_own_comparison_confirms_it(self):
        rule = after(self.calm, [{1: SLOW}] * 3)
        for rounds, acts in (
            ({"slower": 0, "rounds": 0}, False),
            ({"slower": 9, "rounds": 30}, False),
            (CONFIRMED, True),
        ):
            found = finding(rule.compared(**rounds))
            self.assertIs(found.acts, acts)
            self.assertIn("3 of 3", found.sentence)
        self.assertIn("30 of 30", found.sentence)
        self.assertIn("needed 80", found.statistics)

    def test_our_own_comparison_alone_is_none(self):
        self.assertIsNone(finding(self.calm.compared(**CONFIRMED)))

    def test_large_requests_are_compared_with_large_ones_only(self):
        """A nightly batch, and then all clients who send a hundred rows where they sent one."""
        rule = after(self.calm, [{1: QUICK, 11: {bin_of(2e-2): 1}}] * 20 + [{7: SLOW}] * 20)
        self.assertIsNone(finding(rule))
        self.assertEqual(rule.sizes["1"].blocks, 20)

    def test_each_size_is_looked_at(self):
        rule, two = against([{1: QUICK, 7: SLOW}] * 288, GROUPS[:2]), GROUPS[:2]
        slower = {1: QUICK, 7: {bin_of(4e-2): 30}}
        self.assertEqual(suspect(after(rule, [slower] * 3, two)), 7)
        self.assertIsNone(finding(after(rule, [{1: QUICK, 7: SLOW}] * 30, two)))


class VoiceTests(SimpleTestCase):
    """Who sends large requests chooses their size: a version may be slower there that is not for others."""

    slower = {7: {bin_of(4e-2): 30}}

    def acts(self, voices, *, others=(), trusted=False):
        """Whether these voices, whose large requests got slower, are enough; others ask for one row each."""
        before = [by_voice({1: QUICK}, others) | by_voice({1: QUICK, 7: SLOW}, voices)] * 288
        rule = LatencyRule.against(before, tolerance=1.25, alpha=ALPHA)
        for _ in range(12):
            rule = rule.after(by_voice({1: QUICK}, others) | by_voice({1: QUICK} | self.slower, voices))
        found = finding(rule.compared(**CONFIRMED), trusted=trusted)
        return found.acts

    def test_large_requests_of_one_voice_are_told_and_not_acted_on(self):
        self.assertIs(self.acts([ANONYMOUS]), False)
        self.assertIs(self.acts([ANONYMOUS], others=GROUPS), False)
        self.assertIs(self.acts([GROUPS[0]], others=[GROUPS[1]]), False)

    def test_those_of_two_are(self):
        self.assertTrue(self.acts(GROUPS[:2]))
        self.assertTrue(self.acts([ANONYMOUS, GROUPS[0]]))

    def test_those_of_the_only_caller_with_a_token_are(self):
        self.assertTrue(self.acts([GROUPS[0]], others=[ANONYMOUS]))

    def test_those_of_callers_without_a_token_are_where_they_are_trusted(self):
        self.assertTrue(self.acts([ANONYMOUS], trusted=True))


@pytest.mark.parametrize("factor", [1.0, 1.25])
def test_a_version_up_to_the_tolerance_is_seldom_rolled_back_however_slow_the_machine_gets(factor):
    """Somebody floods it: all requests take ten times as long, in every block of the day."""
    chance, found = np.random.default_rng(5), 0
    for _ in range(200):
        rule = against([{1: QUICK}] * 288)
        for _ in range(48):
            rule = after(rule, [{1: SLOW}])
            if suspect(rule):
                ratios = factor * chance.lognormal(0, 0.2, 30)
                rule = rule.compared(slower=int((ratios > 1.25).sum()), rounds=30)
            found_now = finding(rule)
            if found_now and found_now.acts:
                found += 1
                break
    assert found <= 9  # of 200 at alpha / 4, with a probability of .999
