"""The rules of a watch together: that JSON keeps them, what they tell, and how a gain is computed."""

import re
from types import SimpleNamespace

import msgspec
import pytest

from scheduling.statistics.watching import Bets
from scheduling.watch.callers import ANONYMOUS, Callers, SeenRows
from scheduling.watch.rules import ErrorRule, LatencyRule, LossRule, MixRule, Rules, ValueRule
from scheduling.watch.rules.base import Judged
from scheduling.watch.rules.failed_requests import Counted
from scheduling.watch.rules.labels import gains_of

ALPHA = 0.05
LIMITS = {"alpha": ALPHA, "mix_tolerance": 0.1, "loss_tolerance": 0.01, "anonymous": "one_caller"}
MIX = MixRule.expecting([Judged("1", "0", "0"), Judged("0", "0", "0")], labels=2)
APART = ValueRule.expecting([Judged(1.0, 2.0, 2.0), Judged(2.0, 1.0, 2.0)], scale=2.0)


def make_rules(failed=3, requests=25):
    errors = ErrorRule.against([{ANONYMOUS: Counted(0, 30)}] * 288, tolerance=0.02, alpha=ALPHA)
    for _ in range(4):
        errors = errors.after({ANONYMOUS: Counted(failed, requests, failed)})
    latency = LatencyRule.against([{ANONYMOUS: {1: {70: 20}}}], tolerance=1.25, alpha=ALPHA)
    return Rules(
        errors=errors,
        latency=latency.after({ANONYMOUS: {1: {90: 20}}}),
        mix=MIX.after({ANONYMOUS: [("1", "0")]}, tolerance=0.1),
        values=APART.after({"group 1": [(1.0, 2.0)]}, tolerance=0.1),
        labels=LossRule().after([0.1, -0.3], tolerance=0.01),
        callers=Callers().with_more({"ann": 3}),
        seen_rows=SeenRows().fresh([1, 2])[1],
    )


def test_rules_survive_json():
    rules = make_rules()
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(rules)), Rules) == rules
    assert [int(n) for n in re.findall(r" (\d+)(?= )", rules.seen)] == [100, 1, 5, 2, 2]
    assert "1 block of" in rules.seen


def test_what_is_not_acted_on_is_told():
    quiet, loud = make_rules(failed=0).with_told(LIMITS), make_rules(failed=25).with_told(LIMITS)
    assert quiet.told == ""
    assert "100 of 100" in loud.told
    assert loud.told in loud.seen
    trusted = make_rules(failed=25).with_told(LIMITS | {"anonymous": "trusted"})
    assert (trusted.told, len(trusted.findings(LIMITS | {"anonymous": "trusted"}, act=True))) == ("", 1)


def test_losses_are_the_bets_of_the_statistics():
    rule = LossRule().after([-0.2] * 10, tolerance=0.01).after([-0.2] * 10, tolerance=0.01)
    assert rule.bets.log_wealth == Bets().after([-0.2] * 20, margin=0.01).log_wealth
    found = LossRule().after([-0.2] * 20, tolerance=0.01).finding(alpha=1.0, tolerance=0.01)
    assert found.acts
    assert all(part in found.sentence for part in (" 20 ", " +0.2000 "))


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
    [found] = gains_of([pair], spec=spec, old_labels=("a", "b"), scale=10.0)
    assert found == pytest.approx(gain)


def test_a_label_that_the_old_version_does_not_know_costs_it_all():
    pair = (row("c", "c", [0.0, 0.0, 1.0]), "a", [1.0, 0.0])
    spec = SimpleNamespace(task="classification", labels=("a", "b", "c"))
    assert gains_of([pair], spec=spec, old_labels=("a", "b"), scale=1.0) == [1.0]
