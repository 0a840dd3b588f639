"""A champion that predicts one label only: what is clearly better replaces it, and a coin does not."""

import numpy as np
import pytest

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.statistics.comparison.trials import ALPHA, MOST_BETTER, OPTIONS, TRIALS
from scheduling.tests.statistics.rows_factory import labelled, paired

NAMES = ["accuracy", "balanced_accuracy", "f1_macro", "f1_weighted"]
# The second label's share, how often it is falsely predicted, and how often found so that the true gain is 0.
EQUAL = [
    ("accuracy", 0.5, 0.3, 0.3),
    ("accuracy", 0.1, 0.1, 0.9),
    ("balanced_accuracy", 0.5, 0.3, 0.3),
    ("balanced_accuracy", 0.1, 0.3, 0.3),
    ("f1_macro", 0.3, 0.6, 0.4765),
    ("f1_macro", 0.1, 0.3, 0.3193),
    ("f1_weighted", 0.1, 0.1, 0.3512),
]


def pair_of(chance, n, *, share, false, found):
    y = (chance.random(n) < share).astype(int)
    y[:2] = 0, 1
    predicted = (chance.random(n) < np.where(y, found, false)).astype(int)
    return paired(labelled(np.asarray(y), np.zeros(n, int), "ny"), labelled(y, predicted, "ny"))


def gain_of(name, share, false, found):
    """The true gain of the metric over always saying the first label."""
    kept, wrong, missed, hits = (
        (1 - share) * (1 - false),
        (1 - share) * false,
        share * (1 - found),
        share * found,
    )
    first, second = 2 * kept / (2 * kept + wrong + missed), 2 * hits / (2 * hits + wrong + missed)
    alone = 2 * (1 - share) / (2 - share)
    return {
        "accuracy": kept + hits - (1 - share),
        "balanced_accuracy": (found - false) / 2,
        "f1_macro": (first + second - alone) / 2,
        "f1_weighted": (1 - share) * (first - alone) + share * second,
    }[name]


def better(name, pair, *, alpha=ALPHA):
    try:
        return gain_interval(METRICS[name], pair, options=OPTIONS, alpha=alpha).low > 0
    except MetricUndefined:  # no better than guessing
        return False


@pytest.mark.parametrize(("name", "share", "false", "found"), EQUAL)
@pytest.mark.parametrize("n", [45, 500])
def test_an_equal_candidate_is_called_better_as_seldom_as_stated(name, share, false, found, n):
    assert abs(gain_of(name, share, false, found)) < 1e-3
    chance = np.random.default_rng(5)
    pairs = (pair_of(chance, n, share=share, false=false, found=found) for _ in range(TRIALS))
    assert sum(better(name, pair) for pair in pairs) <= MOST_BETTER


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("coin", [0.05, 0.5, 0.9])
def test_a_coin_is_called_better_as_seldom_as_stated(name, coin):
    """In F1 it truly is: it finds some of each label."""
    chance = np.random.default_rng(6)
    pairs = (pair_of(chance, 200, share=0.3, false=coin, found=coin) for _ in range(TRIALS))
    assert sum(better(name, pair) for pair in pairs) <= MOST_BETTER


@pytest.mark.parametrize("name", NAMES)
def test_what_is_clearly_better_is_called_better(name):
    chance = np.random.default_rng(7)
    pairs = [pair_of(chance, 200, share=0.4, false=0.1, found=0.8) for _ in range(200)]
    assert all(better(name, pair, alpha=0.01) for pair in pairs)


def test_the_interval_covers_the_true_gain():
    chance, truth = np.random.default_rng(8), gain_of("f1_macro", 0.4, 0.1, 0.8)
    covered = 0
    for _ in range(TRIALS):
        pair = pair_of(chance, 200, share=0.4, false=0.1, found=0.8)
        interval = gain_interval(METRICS["f1_macro"], pair, options=OPTIONS, alpha=ALPHA)
        covered += interval.low <= truth <= interval.high
    assert covered >= 870


def test_groups_are_counted_here_too():
    chance = np.random.default_rng(9)
    pair = pair_of(chance, 40, share=0.4, false=0.2, found=0.7)
    rows = np.repeat(np.arange(40), 20)
    copies = [labelled(one.y[rows], one.predicted[rows], "ny") for one in (pair.champion, pair.candidate)]
    plain, grouped = (
        gain_interval(METRICS["f1_macro"], paired(*copies, by), options=OPTIONS, alpha=ALPHA)
        for by in (None, rows)
    )
    assert grouped.high - grouped.low > 2 * (plain.high - plain.low)
