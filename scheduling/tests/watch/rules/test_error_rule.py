"""Requests that fail, in blocks, without each of the voices: no caller decides alone."""

import numpy as np
import pytest
from django.test import SimpleTestCase

from scheduling.watch.callers import ANONYMOUS, GROUPS
from scheduling.watch.rules import ErrorRule
from scheduling.watch.rules.failed_requests import Counted

ALPHA = 0.05
ONE, TWO, THREE = GROUPS


def block(**voices):
    """(failed, all) of each voice; the version before answers all that failed."""
    names = {"anonymous": ANONYMOUS, "one": ONE, "two": TWO, "three": THREE}
    return {names[name]: Counted(failed, of, failed) for name, (failed, of) in voices.items()}


def against(before, tolerance=0.02):
    return ErrorRule.against(before, tolerance=tolerance, alpha=ALPHA)


def after(rule, blocks):
    for each in blocks:
        rule = rule.after(each)
    return rule


def finding(rule, *, trusted=False):
    return rule.finding(alpha=ALPHA, trusted=trusted)


class BlockTests(SimpleTestCase):
    """One voice more than the one that matters: what is counted in a block."""

    calm = against([block(one=(0, 100), two=(0, 100))] * 288)

    def rate(self, rule):
        return rule.without[ONE]

    def test_it_needs_requests_before(self):
        rule = against([block(one=(0, 10)), block(one=(9, 9))])
        self.assertIn(" 20 ", rule.missing)
        later = rule.after(block(one=(9, 9)))
        self.assertEqual((later.counted, finding(later)), (Counted(9, 9, 9), None))
        self.assertIn(" 20 ", against([]).missing)

    def test_one_error_in_three_requests_is_no_bad_block(self):
        rule = after(self.calm, [block(two=(1, 3)), block(two=(0, 30))])
        self.assertEqual((self.rate(rule).bad, self.rate(rule).blocks), (0, 1))
        self.assertEqual(rule.counted, Counted(1, 33, 1))
        self.assertIsNone(finding(rule))

    def test_few_requests_are_put_together(self):
        rule = after(self.calm, [block(two=(5, 5))] * 4)
        self.assertEqual((self.rate(rule).bad, self.rate(rule).blocks), (1, 1))
        self.assertEqual(self.rate(rule.after(block(two=(1, 7)))).waiting, Counted(1, 7, 1))

    def test_one_outage_is_one_block_and_three_are_a_breach(self):
        outage = block(one=(90, 100), two=(90, 100))
        self.assertIsNone(finding(after(self.calm, [outage])))
        found = finding(after(self.calm, [outage] * 3))
        self.assertTrue(found.acts)
        for part in ("540 of 600", "(90.0 %)", " 540 of those"):
            self.assertIn(part, found.sentence)
        for part in ("errors: ", "3 of 3", " 2.0 %", "needed 160"):
            self.assertIn(part, found.statistics)

    def test_what_failed_before_is_expected(self):
        rule = against([block(one=(10, 100), two=(10, 100))] * 288)
        rule = after(rule, [block(one=(10, 100), two=(10, 100))] * 50)
        self.assertEqual((self.rate(rule).bad, round(self.rate(rule).limit, 3)), (0, 0.12))

    def test_a_block_with_less_traffic_than_before_is_not_bad_by_that(self):
        """2 % fail as before: one of 20 is 5 %."""
        rule = against([block(one=(20, 1000), two=(20, 1000))] * 288)
        self.assertEqual(self.rate(after(rule, [block(two=(1, 20)), block(two=(2, 20))])).bad, 0)


class VoiceTests(SimpleTestCase):
    """Who has to see it."""

    def told(self, blocks, *, before, trusted=False):
        """What comes of half a day of such blocks."""
        found = finding(after(against([before] * 288), [blocks] * 144), trusted=trusted)
        return None if found is None else found.acts

    def test_two_callers_are_enough(self):
        calm = block(one=(0, 50), two=(0, 50))
        self.assertTrue(self.told(block(one=(25, 50), two=(25, 50)), before=calm))
        calm = block(one=(0, 50), anonymous=(0, 50))
        self.assertTrue(self.told(block(one=(25, 50), anonymous=(25, 50)), before=calm))

    def test_one_of_several_is_told_and_not_acted_on_however_long(self):
        calm = block(one=(0, 50), two=(0, 50), anonymous=(0, 500))
        for voice in ("one", "two", "anonymous"):
            bad = calm | block(**{voice: (500, 500)})
            self.assertIs(self.told(bad, before=calm), False, voice)

    def test_callers_without_a_token_alone_are_enough_only_where_they_are_trusted(self):
        calm, bad = block(anonymous=(0, 50)), block(anonymous=(50, 50))
        self.assertIs(self.told(bad, before=calm), False)
        self.assertIs(self.told(bad, before=calm, trusted=True), True)

    def test_the_only_one_with_a_token_is_enough_where_the_version_before_answers_it(self):
        calm, bad = block(one=(0, 50)), block(one=(25, 50))
        self.assertTrue(self.told(bad, before=calm))
        unknown = {ONE: Counted(25, 50, 12)}
        self.assertIs(self.told(unknown, before=calm), False)

    def test_callers_without_a_token_cannot_make_the_only_one_with_a_token_say_so(self):
        calm = block(one=(0, 50), anonymous=(0, 50))
        self.assertIs(self.told(block(one=(0, 50), anonymous=(500, 500)), before=calm), False)
        self.assertIs(self.told(block(one=(25, 50), anonymous=(0, 5000)), before=calm), True)

    def test_it_is_not_the_only_one_where_another_asked_before(self):
        calm = block(one=(0, 50), two=(0, 1))
        self.assertIs(self.told(block(one=(25, 50)), before=calm), False)

    def test_a_voice_that_was_alone_before_does_not_leave_the_rest_without_a_limit(self):
        rule = after(against([block(anonymous=(0, 50))] * 288), [block(one=(25, 50), two=(25, 50))] * 6)
        self.assertTrue(finding(rule).acts)


@pytest.mark.parametrize(("rate", "less"), [(0.0, 1), (0.02, 1), (0.02, 10)])
def test_failures_as_before_are_seldom_a_breach_on_any_day(rate, less):
    """Outages in 5 % of the blocks hit everybody; one caller fails all it asks; there may be less traffic."""
    chance, found = np.random.default_rng(4), 0
    for _ in range(100):
        outages = np.where(chance.random(384) < 0.05, 0.3, rate)
        asked = np.array([100] * 288 + [100 // less] * 96)
        counted = list(zip(chance.binomial(asked, outages).tolist(), asked.tolist(), strict=True))
        rule = against([block(one=each, anonymous=(0, 50)) for each in counted[:288]])
        for each in counted[288:]:
            rule = rule.after(block(one=each, anonymous=(500, 500)))
            if finding(rule) and finding(rule).acts:
                found += 1
                break
    assert found <= 6  # of 100 at alpha / 4, with a probability of .999
