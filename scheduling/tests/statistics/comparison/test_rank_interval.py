"""The interval of a gain in ranks: DeLong's in the middle of the scale, wider near its end."""

import numpy as np
import pytest

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.interval import rank_interval, t_interval
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.statistics.rows_factory import classified, paired

TWO = ("no", "yes")
NAMES = ["roc_auc", "average_precision"]


def both(name, *rows):
    return [METRICS[name].parts(one, Options()) for one in rows]


def interval(name, *rows):
    return gain_interval(METRICS[name], paired(*rows), options=Options(), alpha=0.05)


def ranked(scores, positives):
    """Rows in the order of their scores; `positives` are the places of the second label."""
    y = np.zeros(scores, int)
    y[positives] = 1
    p = (np.arange(scores) + 1) / (scores + 2)
    return Scored(y=y, predicted=(p > 0.5).astype(int), probabilities=np.stack([1 - p, p], 1), labels=TWO)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_all_of_students_t_with_at_most_the_rarer_labels_rows_less_one(name):
    rows = classified(1, 400, TWO), classified(2, 400, TWO)
    old, new = both(name, *rows)
    plain = t_interval(new - old, alpha=0.05, degrees=199)
    found = interval(name, *rows)
    assert found.low <= plain.low
    assert found.high >= plain.high
    assert found.spread == plain.spread
    assert found.high - found.low < 1.1 * (plain.high - plain.low)


def test_with_very_many_rows_the_two_agree():
    rows = classified(1, 40_000, TWO), classified(2, 40_000, TWO)
    old, new = both("roc_auc", *rows)
    plain = t_interval(new - old, alpha=0.05, degrees=19_999)
    found = interval("roc_auc", *rows)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=2e-5)


def test_near_one_it_reaches_further_away_from_one():
    """One pair of 400 out of order: the candidate may well be better by more than is seen."""
    champion = ranked(40, [19, *range(21, 40)])
    y = champion.y
    p = np.where(y == 1, 0.9, 0.1) + np.arange(40) / 1000
    candidate = Scored(y=y, predicted=y, probabilities=np.stack([1 - p, p], 1), labels=TWO)
    old, new = both("roc_auc", champion, candidate)
    assert (old.mean(), new.mean()) == pytest.approx((1 - 1 / 400, 1.0))
    plain = t_interval(new - old, alpha=0.05, degrees=19)
    found = interval("roc_auc", champion, candidate)
    assert found.high > 1.5 * plain.high
    assert found.low < plain.low < 0  # fewer degrees of freedom: two rows make up the difference


def test_two_that_are_perfect_have_no_width():
    """So `gain_interval` gives none: nothing differs."""
    found = rank_interval(np.ones(40), np.ones(40), alpha=0.05, degrees=19)
    assert (found.low, found.high) == (0.0, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_copies_of_a_row_count_once_where_a_group_names_them(name):
    rows = [classified(seed, 90, TWO) for seed in (1, 2)]
    single = gain_interval(METRICS[name], paired(*rows), options=Options(), alpha=0.05)
    copies = [
        Scored(
            y=np.repeat(one.y, 5),
            predicted=np.repeat(one.predicted, 5),
            probabilities=np.repeat(one.probabilities, 5, axis=0),
            labels=TWO,
        )
        for one in rows
    ]
    pair = paired(*copies, np.repeat(np.arange(90), 5))
    many = gain_interval(METRICS[name], pair, options=Options(), alpha=0.05)
    assert (many.low, many.high) == pytest.approx((single.low, single.high), abs=0.002)
