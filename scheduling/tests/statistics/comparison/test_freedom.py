"""Degrees of freedom: those of the rows that make up a difference, not of all there are."""

import numpy as np
import pytest

from scheduling.statistics.comparison.gain import gain_interval
from scheduling.statistics.comparison.interval import freedom, that_matter
from scheduling.statistics.metrics.scored import Options, Scored
from scheduling.statistics.metrics.table import METRICS
from scheduling.tests.statistics.rows_factory import paired


def centred(values):
    return np.asarray(values, dtype=float) - np.mean(values)


def test_rows_of_one_size_that_all_differ_have_all_but_one():
    assert freedom(centred([1, -1] * 20)) == 39


def test_normal_rows_have_about_as_many_as_there_are():
    found = [freedom(centred(np.random.default_rng(seed).normal(size=200))) for seed in range(20)]
    assert 150 < np.mean(found) <= 199
    assert min(found) > 80


@pytest.mark.parametrize(("rows", "degrees"), [(1, 2), (2, 4.2), (3, 6.4), (6, 12.2)])
def test_a_few_rows_that_differ_have_few(rows, degrees):
    values = centred([1.0] * rows + [0.0] * (1000 - rows))
    assert that_matter(values) == pytest.approx(rows, rel=0.02)
    assert freedom(values) == pytest.approx(degrees, rel=0.1)


def test_where_nothing_differs_there_is_nothing_to_lessen():
    assert freedom(np.zeros(45)) == 44


def regression(name, y, champion, candidate):
    pair = paired(Scored(y=y, predicted=champion), Scored(y=y, predicted=candidate))
    return gain_interval(METRICS[name], pair, options=Options(), alpha=0.05)


@pytest.mark.parametrize("name", ["r2", "rmse", "mae"])
@pytest.mark.parametrize("rows", [1, 2])
def test_one_extreme_row_does_not_explain_its_own_error(name, rows):
    """All of 45 rows are answered alike and rightly, but for one or two that are far from the rest."""
    y = np.random.default_rng(1).normal(size=45)
    y[:rows] = 1000
    champion = y.copy()
    champion[:rows] = 0
    found = regression(name, y, champion, y.copy())
    assert found.low < 0 < found.high
    other = regression(name, y, y.copy(), champion)
    assert (other.low, other.high) == pytest.approx((-found.high, -found.low))
