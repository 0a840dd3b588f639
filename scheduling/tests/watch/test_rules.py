"""The rules of a watch as values: what they need, what they say, and that JSON keeps them."""

import math
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest
from django.test import SimpleTestCase

from scheduling.statistics.watching import Bets
from scheduling.watch.losses import gains
from scheduling.watch.rules import ErrorRule, LatencyRule, LossRule, MixRule, Rules, ValueRule

ALPHA = 0.05
QUICK, SLOW = [400] * 30, [4000] * 30


class ErrorTests(SimpleTestCase):
    """Requests that fail, in blocks."""

    calm = ErrorRule.against([(0, 100)] * 288, tolerance=0.02, alpha=ALPHA)

    def test_it_needs_requests_before(self):
        rule = ErrorRule.against([(0, 10), (9, 9)], tolerance=0.02, alpha=ALPHA)
        self.assertIn("fewer than 20 requests", rule.missing)
        self.assertEqual((rule.after((9, 9)), rule.breach(alpha=ALPHA)), (rule, ""))

    def test_one_error_in_three_requests_is_no_breach_nor_a_bad_block(self):
        rule = self.calm.after((1, 3)).after((0, 30))
        self.assertEqual((rule.bad, rule.blocks, rule.failed, rule.requests), (0, 1, 1, 33))
        self.assertEqual(rule.breach(alpha=ALPHA), "")

    def test_few_requests_are_put_together(self):
        rule = self.calm
        for _ in range(4):
            rule = rule.after((5, 5))
        self.assertEqual((rule.bad, rule.blocks, rule.waiting), (1, 1, (0, 0)))
        self.assertEqual(rule.after((1, 7)).waiting, (1, 7))

    def test_one_outage_is_one_block_and_three_are_a_breach(self):
        outage = self.calm.after((90, 100))
        self.assertEqual((outage.bad, outage.breach(alpha=ALPHA)), (1, ""))
        told = outage.after((90, 100)).after((90, 100)).breach(alpha=ALPHA)
        self.assertIn("errors: 270 of 300 requests failed, and in 3 of 3 blocks", told)
        self.assertIn("more than 2.0% of them; before it was in at most 0.017 of the blocks", told)
        self.assertIn("bound 160", told)

    def test_what_failed_before_is_expected(self):
        rule = ErrorRule.against([(10, 100)] * 288, tolerance=0.02, alpha=ALPHA)
        for _ in range(50):
            rule = rule.after((10, 100))
        self.assertEqual((rule.bad, round(rule.limit, 3)), (0, 0.12))

    def test_a_block_with_less_traffic_than_before_is_not_bad_by_that(self):
        """2 % fail as before: one of 20 is 5 %."""
        rule = ErrorRule.against([(20, 1000)] * 288, tolerance=0.02, alpha=ALPHA)
        self.assertEqual(rule.after((1, 20)).after((2, 20)).bad, 0)


@pytest.mark.parametrize(("rate", "less"), [(0.0, 1), (0.02, 1), (0.02, 10)])
def test_failures_as_before_are_seldom_a_breach_on_any_day(rate, less):
    """Outages in 5 % of the blocks; the traffic after the flip may be less than before."""
    chance, found = np.random.default_rng(4), 0
    for _ in range(100):
        outages = np.where(chance.random(384) < 0.05, 0.3, rate)
        asked = np.array([100] * 288 + [100 // less] * 96)
        counted = list(zip(chance.binomial(asked, outages).tolist(), asked.tolist(), strict=True))
        rule = ErrorRule.against(counted[:288], tolerance=0.02, alpha=ALPHA)
        for block in counted[288:]:
            rule = rule.after(block)
            if rule.breach(alpha=ALPHA):
                found += 1
                break
    assert found <= 6  # of 100 at alpha / 4, with a probability of .999


class LatencyTests(SimpleTestCase):
    """Blocks against blocks before."""

    def test_it_needs_blocks_before(self):
        rule = LatencyRule.against([[400] * 19], tolerance=1.25, alpha=ALPHA)
        self.assertIn("no five minutes with 20 predictions", rule.missing)
        self.assertEqual(rule.after(SLOW), rule)
        self.assertEqual(rule.breach(alpha=ALPHA), "")

    def test_a_block_with_few_predictions_says_nothing(self):
        rule = LatencyRule.against([QUICK] * 24, tolerance=1.25, alpha=ALPHA)
        self.assertEqual(rule.after(SLOW[:19]), rule)
        self.assertEqual((rule.after(SLOW).bad, rule.after(QUICK).bad, rule.limit_us), (1, 0, 500.0))

    def test_one_slow_block_is_no_breach_and_many_are(self):
        rule = LatencyRule.against([QUICK] * 288, tolerance=1.25, alpha=ALPHA).after(SLOW)
        self.assertEqual(rule.breach(alpha=ALPHA), "")
        self.assertIn("in 3 of 3 blocks", rule.after(SLOW).after(SLOW).breach(alpha=ALPHA))


class MixTests(SimpleTestCase):
    """Shares of labels beside those of the version before."""

    rule = MixRule(gained={"0": 0, "1": 0}, lost={"0": 0, "1": 0})

    def test_a_small_shift_is_no_breach_however_significant(self):
        moved = self.rule.after([("1", "0")] * 90 + [("0", "0")] * 910)
        self.assertEqual(moved.breach(alpha=ALPHA, tolerance=0.1), "")
        self.assertIn("+0.090", moved.breach(alpha=ALPHA, tolerance=0.05))

    def test_a_large_shift_on_few_requests_is_none(self):
        self.assertEqual(self.rule.after([("1", "0")] * 4).breach(alpha=ALPHA, tolerance=0.1), "")

    def test_what_the_gate_saw_is_expected(self):
        moved = msgspec.structs.replace(self.rule, expected={"0": -0.3, "1": 0.3})
        moved = moved.after([("1", "0")] * 300 + [("0", "0")] * 700)
        self.assertEqual(moved.breach(alpha=ALPHA, tolerance=0.1), "")


class ValueTests(SimpleTestCase):
    """Values beside those of the version before."""

    seen = [(1.0 + 0.1 * (-1) ** i, 1.0) for i in range(100)]  # now higher, now lower
    rule = ValueRule.expecting(seen, scale=2.0)

    def test_what_the_gate_saw_is_expected(self):
        self.assertAlmostEqual(self.rule.expected, 0.0)
        self.assertAlmostEqual(self.rule.expected_apart, 0.05)
        self.assertAlmostEqual(self.rule.uncertain, 2.5 * 0.05 / 99**0.5)
        self.assertEqual(self.told(self.seen * 20), "")

    def told(self, answers, tolerance=0.1):
        return self.rule.after(answers, tolerance=tolerance).breach(alpha=ALPHA, tolerance=tolerance)

    def test_higher_and_lower_values_are_a_breach(self):
        for way in (1, -1):
            told = self.told([(1.0 + way * 0.6, 1.0)] * 200)
            self.assertIn(f"the values are {way * 0.6:+.4g} from the version before's and 0.6 apart", told)
            self.assertIn("each within 0.2251 (evidence", told)
            self.assertIn("bound 80)", told)

    def test_a_shift_within_the_tolerance_is_none_however_many_requests(self):
        self.assertEqual(self.told([(1.19, 1.0)] * 3000), "")
        self.assertNotEqual(self.told([(1.19, 1.0)] * 3000, tolerance=0.05), "")

    def test_values_that_differ_and_agree_on_average_are_a_breach(self):
        self.assertIn("the values are +0 from", self.told([(1.7, 1.0), (0.3, 1.0)] * 100))

    def test_one_far_value_is_no_breach(self):
        self.assertEqual(self.told([(1e300, 1.0), *self.seen]), "")

    def test_what_is_no_number_is_not_compared(self):
        rule = self.rule.after([(1.0, math.nan), (math.inf, 1.0), (1.0, 1.0)], tolerance=0.1)
        self.assertEqual(rule.asked, 1)

    def test_without_evaluation_answers_nothing_is_expected(self):
        rule = ValueRule.expecting([], scale=2.0)
        self.assertEqual((rule.expected, rule.uncertain), (0.0, 0.0))
        missing = ValueRule(missing="no")
        self.assertEqual(missing.after([(9.0, 1.0)] * 500, tolerance=0.1), missing)
        self.assertEqual(missing.breach(alpha=ALPHA, tolerance=0.1), "")


@pytest.mark.parametrize("shift", [0.0, 0.1, -0.1])
def test_values_up_to_the_tolerance_are_seldom_a_breach_on_any_day(shift):
    chance, found = np.random.default_rng(3), 0

    def answers(rows, more):
        old = chance.normal(0, 0.3, rows)
        return list(zip((old + 0.2 * chance.standard_t(3, rows) + more).tolist(), old.tolist(), strict=True))

    for _ in range(60):
        rule = ValueRule.expecting(answers(60, 0.0), scale=1.0)
        for _ in range(24):
            rule = rule.after(answers(20, shift), tolerance=0.1)
            if rule.breach(alpha=ALPHA, tolerance=0.1):
                found += 1
                break
    assert found <= 4  # of 60 at alpha / 4, with a probability of .999


def test_rules_survive_json():
    rules = Rules(
        errors=ErrorRule.against([(0, 30)] * 9, tolerance=0.02, alpha=ALPHA).after((3, 25)).after((1, 9)),
        latency=LatencyRule.against([QUICK], tolerance=1.25, alpha=ALPHA).after(SLOW),
        mix=MixTests.rule.after([("1", "0")]),
        values=ValueTests.rule.after([(1.0, 2.0)], tolerance=0.1),
        labels=LossRule().after([0.1, -0.3], tolerance=0.01),
    )
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(rules)), Rules) == rules
    assert (
        rules.seen == "errors: 34 requests; latency: 1 blocks; prediction mix: 2 requests; labels: 2 labels"
    )


def test_losses_are_the_bets_of_the_statistics():
    rule = LossRule().after([-0.2] * 10, tolerance=0.01).after([-0.2] * 10, tolerance=0.01)
    assert rule.log_wealth == Bets().after([-0.2] * 20, margin=0.01).log_wealth
    assert "labels: on 20 labelled requests the mean loss is +0.2000" in LossRule().after(
        [-0.2] * 20, tolerance=0.01
    ).breach(alpha=1.0, tolerance=0.01)


def row(label, output, probabilities=None):
    return SimpleNamespace(feedback=SimpleNamespace(label=label), output=output, probabilities=probabilities)


CLASSES = SimpleNamespace(task="classification", labels=("a", "b"))
VALUES = SimpleNamespace(task="regression", labels=())


@pytest.mark.parametrize(
    ("spec", "pair", "gain"),
    [
        (CLASSES, (row("a", "a", [0.9, 0.1]), "b", [0.4, 0.6]), 0.36 - 0.01),
        (CLASSES, (row("a", "a"), "b", [0.4, 0.6]), 1.0),
        (CLASSES, (row("a", "b", [0.0, 1.0]), "a", [1.0, 0.0]), -1.0),
        (CLASSES, (row("a", "b", [None, 1.0]), "b", [0.0, 1.0]), 0.0),
        (VALUES, (row(5.0, 4.0), 3.0, None), 0.1),
        (VALUES, (row(5.0, 1e9), 5.0, None), -1.0),
    ],
)
def test_a_gain_is_old_loss_less_new_loss(spec, pair, gain):
    [found] = gains([pair], spec=spec, old_labels=("a", "b"), scale=10.0)
    assert found == pytest.approx(gain)


def test_a_label_that_the_old_version_does_not_know_costs_it_all():
    pair = (row("c", "c", [0.0, 0.0, 1.0]), "a", [1.0, 0.0])
    spec = SimpleNamespace(task="classification", labels=("a", "b", "c"))
    assert gains([pair], spec=spec, old_labels=("a", "b"), scale=1.0) == [1.0]
