"""Labels that are given otherwise than by the version before, and by what the gate saw of such requests."""

import numpy as np
import pytest
from django.test import SimpleTestCase

from scheduling.watch.callers import ANONYMOUS, GROUPS
from scheduling.watch.rules import MixRule
from scheduling.watch.rules.base import NOT_ASKED, Judged

ALPHA = 0.05
ONE, TWO, _ = GROUPS
ALIKE = [Judged("0", "0", "0")] * 100 + [Judged("1", "1", "1")] * 100
GAIN = [*ALIKE, *[Judged("1", "0", "1")] * 60]  # a third of the old 0 is a 1, and rightly so


def rule_on(judged, labels=2):
    return MixRule.expecting(judged, labels=labels)


def finding(rule, answers, *, voices=(ONE, TWO), tolerance=0.1, trusted=False):
    """What is found when each of the voices has these answers, in blocks of 25."""
    for start in range(0, len(answers), 25):
        rule = rule.after(dict.fromkeys(voices, answers[start : start + 25]), tolerance=tolerance)
    return rule.finding(alpha=ALPHA, tolerance=tolerance, trusted=trusted)


def of(moved, of=100, repeat=5):
    """Each hundred requests has so many that are 1 and were 0 before, among others that are 0 as before."""
    chance = np.random.default_rng(1)
    answers = [("1", "0")] * moved * repeat + [("0", "0")] * (of - moved) * repeat
    return [answers[i] for i in chance.permutation(len(answers))]


class MixTests(SimpleTestCase):
    """Two voices see the same."""

    def test_a_large_shift_that_the_gate_did_not_see_is_a_breach(self):
        found = finding(rule_on(ALIKE), of(40))
        self.assertTrue(found.acts)
        self.assertIn("answers 1 ", found.sentence)
        self.assertIn("needed 160", found.statistics)

    def test_a_small_shift_is_none_however_many_requests(self):
        self.assertIsNone(finding(rule_on(ALIKE), of(9, repeat=50)))
        self.assertTrue(finding(rule_on(ALIKE), of(12, repeat=50), tolerance=0.05).acts)

    def test_a_large_shift_on_few_requests_is_none(self):
        self.assertIsNone(finding(rule_on(ALIKE), [("1", "0")] * 4))

    def test_a_change_that_the_gate_saw_to_be_right_is_none_however_often_it_is_asked_for(self):
        """Case 17, by two voices: it is the requests that are unlike the evaluation rows."""
        self.assertIsNone(finding(rule_on(GAIN), [("1", "0")] * 1000))

    def test_answers_that_differ_less_than_the_gate_saw_are_none(self):
        worse = [*ALIKE, *[Judged("1", "0", "0")] * 100]
        self.assertIsNone(finding(rule_on(worse), [("0", "0")] * 1000))

    def test_a_change_that_the_gate_saw_to_be_wrong_may_be_as_frequent_as_there_and_no_more(self):
        worse = [*ALIKE, *[Judged("1", "0", "0")] * 25]
        self.assertIsNone(finding(rule_on(worse), of(25, repeat=50)))
        self.assertTrue(finding(rule_on(worse), of(50, repeat=20)).acts)

    def test_an_old_answer_without_evaluation_rows_tells_nothing(self):
        rule = rule_on(ALIKE, labels=3)
        self.assertIsNone(finding(rule, [("1", "2")] * 1000))
        self.assertEqual(rule.after({ONE: [("1", "2"), ("0", "0")]}, tolerance=0.1).asked, 1)

    def test_without_evaluation_answers_there_is_nothing_to_judge_by(self):
        rule = rule_on([])
        self.assertEqual(rule.missing, NOT_ASKED)
        self.assertIsNone(finding(rule, of(40)))

    def test_a_label_that_appears_late_is_found(self):
        self.assertTrue(finding(rule_on(ALIKE), [("0", "0")] * 500 + [("1", "0")] * 500).acts)


class VoiceTests(SimpleTestCase):
    """One of them is not enough, whoever it is and however much it asks."""

    def test_one_voice_is_told_and_not_acted_on(self):
        for voice in (ONE, ANONYMOUS):
            found = finding(rule_on(ALIKE), of(100, repeat=20), voices=[voice])
            self.assertIs(found.acts, False)
            self.assertIn(" without a token" if voice == ANONYMOUS else voice, found.sentence)

    def test_one_of_three_is_neither(self):
        rule = rule_on(ALIKE)
        for _ in range(40):
            honest = [("0", "0")] * 25
            rule = rule.after({ANONYMOUS: [("1", "0")] * 25, ONE: honest, TWO: honest}, tolerance=0.1)
        found = rule.finding(alpha=ALPHA, tolerance=0.1, trusted=False)
        self.assertIs(found.acts, False)
        self.assertIn(" without a token", found.sentence)

    def test_callers_without_a_token_alone_are_enough_where_they_are_trusted(self):
        self.assertTrue(finding(rule_on(ALIKE), of(40), voices=[ANONYMOUS], trusted=True).acts)
        self.assertIs(finding(rule_on(ALIKE), of(40), voices=[ONE], trusted=True).acts, False)


@pytest.mark.parametrize(("seen", "noise"), [(20, 0.1), (45, 0.3), (200, 0.05)])
def test_what_the_gate_saw_is_seldom_a_breach_on_any_day(seen, noise):
    """Versions that disagree by chance, on few evaluation rows and on many; one voice is hostile."""
    chance, found = np.random.default_rng(9), 0

    def answers(rows):
        old = chance.integers(0, 2, rows)
        new = np.where(chance.random(rows) < noise, 1 - old, old)
        return list(zip(map(str, new), map(str, old), strict=True))

    for _ in range(40):
        rule = rule_on([Judged(new, old, str(chance.integers(0, 2))) for new, old in answers(seen)])
        for _ in range(24):
            hostile = [("1", "0")] * 25
            rule = rule.after({ONE: answers(15), TWO: answers(10), ANONYMOUS: hostile}, tolerance=0.1)
            now = rule.finding(alpha=ALPHA, tolerance=0.1, trusted=False)
            if now and now.acts:
                found += 1
                break
    assert found <= 4  # of 40 at alpha / 4, with a probability of .999
