"""Do the stated error rates hold? 1,000 seeded trials each, against 99.9 % binomial bounds.

`make bench-gate` does the same for every metric, with larger sets and harder cases.
"""

import numpy as np
import pytest

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.metrics.scored import MetricUndefined
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.statistics.comparison.trials import (
    ALPHA,
    LEAST_COVERED,
    MOST_BETTER,
    OPTIONS,
    TRIALS,
    any_flip,
    classifiers,
    nearly_alike,
    rates,
)

NAMES = ["accuracy", "f1_macro", "log_loss", "roc_auc", "rmse"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [45, 500, 5000])
def test_an_equal_candidate_is_called_better_as_seldom_as_stated(name, n):
    better, covered, undefined = rates(name, n)
    assert better <= MOST_BETTER
    assert covered >= LEAST_COVERED
    assert undefined == 0


@pytest.mark.parametrize(("name", "gain"), [("f1_macro", 0.8), ("brier", 0.8), ("mae", 0.15)])
def test_a_better_candidate_is_found_and_its_gain_is_covered(name, gain):
    better, covered, _ = rates(name, 500, gain=gain)
    assert better >= 950
    assert covered >= LEAST_COVERED


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_the_gain_of_a_nearly_perfect_ranking_is_covered_with_few_rows(name):
    _, covered, undefined = rates(name, 45, gain=0.45)
    assert covered >= LEAST_COVERED
    assert undefined <= 10  # both order all 45 alike


@pytest.mark.parametrize(("name", "n"), [("roc_auc", 60), ("average_precision", 60), ("roc_auc", 500)])
def test_ranks_of_three_labels_hold_it(name, n):
    better, covered, undefined = rates(name, n, labels=3)
    assert better <= MOST_BETTER
    assert covered >= LEAST_COVERED
    assert undefined == 0
    assert rates(name, n, gain=0.45, labels=3)[1] >= LEAST_COVERED


@pytest.mark.parametrize("name", ["brier", "roc_auc", "average_precision", "r2", "rmse", "mae"])
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 20])
def test_a_few_rows_that_differ_prove_nothing(name, rows):
    """Of 45, by a coin: one or two, whatever their size, are no evidence at all."""
    chance = np.random.default_rng(13)
    better = sum(nearly_alike_is_better(name, chance, rows) for _ in range(TRIALS))
    assert better <= (0 if rows < 3 else MOST_BETTER)


def nearly_alike_is_better(name, chance, rows):
    pair = nearly_alike(name, chance, 45, rows=rows)
    try:
        return gain_interval(METRICS[name], pair, options=OPTIONS, alpha=ALPHA).low > 0
    except MetricUndefined:  # nothing differs in the order
        return False


def test_copies_of_rows_hold_it_where_a_group_names_them():
    chance = np.random.default_rng(9)
    plain, grouped = (sum(called_better(chance, grouped) for _ in range(400)) for grouped in (False, True))
    assert plain > 45  # 400 at .05 are 20
    assert grouped <= 35


def called_better(chance, grouped):
    pair = classifiers(chance, 60)
    index = np.repeat(np.arange(60), 5)
    rows = [
        type(r)(y=r.y[index], predicted=r.predicted[index], probabilities=None, labels=r.labels)
        for r in (pair.champion, pair.candidate)
    ]
    pair = Pair(champion=rows[0], candidate=rows[1], groups=index if grouped else None)
    return gain_interval(METRICS["f1_macro"], pair, options=OPTIONS, alpha=ALPHA).low > 0


def test_equal_candidates_one_after_another_seldom_replace_the_champion():
    """100 on each of 150 sets: at most on .05 of the sets; at alpha each time, on most of them."""
    chance = np.random.default_rng(4)
    flips = [any_flip(chance, 100, candidates=100, spending=True) for _ in range(150)]
    assert sum(flips) <= 17  # 99.9 % of 150 at .05
    flips = [any_flip(chance, 100, candidates=100, spending=False) for _ in range(40)]
    assert sum(flips) >= 10
