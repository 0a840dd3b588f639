"""Values beside those of the version before, and by what the gate saw of such requests."""

import math

import numpy as np
import pytest
from django.test import SimpleTestCase

from scheduling.watch.callers import ANONYMOUS, GROUPS
from scheduling.watch.rules import ValueRule
from scheduling.watch.rules.base import NOT_ASKED, Judged

ALPHA = 0.05
ONE, TWO, _ = GROUPS


def told(rule, answers, *, tolerance=0.1, voices=(ONE, TWO), trusted=False):
    """What is found when each of the voices has these answers."""
    rule = rule.after(dict.fromkeys(voices, answers), tolerance=tolerance)
    return rule.finding(alpha=ALPHA, tolerance=tolerance, trusted=trusted)


class ValueTests(SimpleTestCase):
    """Answers that are higher and lower by turns, as the gate saw, and others."""

    seen = [(1.0 + 0.1 * (-1) ** i, 1.0) for i in range(100)]
    rule = ValueRule.expecting([Judged(new, old, old) for new, old in seen], scale=2.0)

    def test_what_the_gate_saw_is_expected(self):
        third = next(third for third in self.rule.thirds if third.rows)
        self.assertAlmostEqual(third.mean, 0.0)
        self.assertAlmostEqual(third.apart, 0.05)
        self.assertAlmostEqual(self.rule.uncertain, 2.5 * 0.05 / 99**0.5)
        self.assertIsNone(told(self.rule, self.seen * 20))

    def test_higher_and_lower_values_are_a_breach(self):
        for way in (1, -1):
            found = told(self.rule, [(1.0 + way * 0.6, 1.0)] * 200)
            self.assertTrue(found.acts)
            self.assertIn(f" {way * 0.6:+.4g} ", found.sentence)
            self.assertIn(" 0.6 ", found.sentence)
            self.assertIn(" 0.2251 ", found.statistics)
            self.assertIn("needed 160", found.statistics)

    def test_a_shift_within_the_tolerance_is_none_however_many_requests(self):
        self.assertIsNone(told(self.rule, [(1.19, 1.0)] * 3000))
        self.assertTrue(told(self.rule, [(1.19, 1.0)] * 3000, tolerance=0.05).acts)

    def test_values_that_differ_and_agree_on_average_are_a_breach(self):
        self.assertIn(" +0 ", told(self.rule, [(1.7, 1.0), (0.3, 1.0)] * 100).sentence)

    def test_one_far_value_is_no_breach(self):
        self.assertIsNone(told(self.rule, [(1e300, 1.0), *self.seen]))

    def test_what_is_no_number_is_not_compared(self):
        rule = self.rule.after({ONE: [(1.0, math.nan), (math.inf, 1.0), (1.0, 1.0)]}, tolerance=0.1)
        self.assertEqual(rule.asked, 1)

    def test_without_evaluation_answers_there_is_nothing_to_judge_by(self):
        rule = ValueRule.expecting([], scale=2.0)
        self.assertEqual(rule.missing, NOT_ASKED)
        self.assertEqual(rule.after({ONE: [(9.0, 1.0)] * 500}, tolerance=0.1), rule)
        self.assertIsNone(told(rule, [(9.0, 1.0)] * 500))

    def test_a_third_of_few_evaluation_rows_tells_nothing(self):
        few = [Judged(float(i), float(i), float(i)) for i in range(12)]
        self.assertEqual([third.rows for third in ValueRule.expecting(few, scale=2.0).thirds], [0, 0, 0])
        self.assertIsNone(told(ValueRule.expecting(few, scale=2.0), [(9.0, 1.0)] * 500))

    def test_one_voice_is_told_and_not_acted_on(self):
        far = [(1.6, 1.0)] * 500
        for voice in (ONE, ANONYMOUS):
            self.assertIs(told(self.rule, far, voices=[voice]).acts, False)
        self.assertTrue(told(self.rule, far, voices=[ANONYMOUS], trusted=True).acts)


class ConditionTests(SimpleTestCase):
    """Low, middle and high old answers are expected to differ in their own ways."""

    def judged(self, truth_of):
        """The new version lifts what the old one has low, by half of the scale."""
        rows = [(old + 0.5 * (old < 0.3), old) for old in np.linspace(0, 1, 90).tolist()]
        return [Judged(new, old, truth_of(new, old)) for new, old in rows]

    low, high = [(0.6, 0.1)] * 500, [(1.4, 0.9)] * 500

    def test_a_difference_where_the_gate_saw_it_is_expected_and_elsewhere_it_is_not(self):
        rule = ValueRule.expecting(self.judged(lambda new, old: old), scale=1.0)
        self.assertIsNone(told(rule, self.low))
        self.assertTrue(told(rule, self.high).acts)

    def test_where_the_gate_saw_a_gain_no_difference_is_one_too_many(self):
        rule = ValueRule.expecting(self.judged(lambda new, old: new), scale=1.0)
        self.assertEqual([third.better for third in rule.thirds], [True, False, False])
        self.assertIsNone(told(rule, [(1.0, 0.1)] * 500))

    def test_values_that_differ_less_than_the_gate_saw_are_none(self):
        rule = ValueRule.expecting(self.judged(lambda new, old: old), scale=1.0)
        self.assertIsNone(told(rule, [(0.1, 0.1)] * 2000))


@pytest.mark.parametrize("shift", [0.0, 0.1, -0.1])
def test_values_up_to_the_tolerance_are_seldom_a_breach_on_any_day(shift):
    chance, found = np.random.default_rng(3), 0

    def answers(rows, more):
        old = chance.normal(0, 0.3, rows)
        return list(zip((old + 0.2 * chance.standard_t(3, rows) + more).tolist(), old.tolist(), strict=True))

    for _ in range(60):
        judged = [Judged(new, old, chance.choice([new, old])) for new, old in answers(60, 0.0)]
        rule = ValueRule.expecting(judged, scale=1.0)
        for _ in range(24):
            hostile = [(1.0, 0.0)] * 20
            rule = rule.after({ONE: answers(20, shift), ANONYMOUS: hostile}, tolerance=0.1)
            now = rule.finding(alpha=ALPHA, tolerance=0.1, trusted=False)
            if now and now.acts:
                found += 1
                break
    assert found <= 4  # of 60 at alpha / 4, with a probability of .999
