"""Weights that give the columns of one sample the shares of another."""

import numpy as np
import pytest

from scheduling.statistics.raking import binned, raked


def test_one_column_is_weighed_by_the_ratio_of_the_shares():
    column = np.array([0, 0, 0, 1])
    assert raked([column], [np.array([0.5, 0.5])]).tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])


def test_two_columns_have_their_shares_at_once():
    chance = np.random.default_rng(1)
    columns = [chance.integers(0, 2, 500), chance.integers(0, 3, 500)]
    shares = [np.array([0.8, 0.2]), np.array([0.1, 0.3, 0.6])]
    weights = raked(columns, shares)
    assert weights.mean() == pytest.approx(1)
    for column, share in zip(columns, shares, strict=True):
        assert np.bincount(column, weights=weights) / 500 == pytest.approx(share, abs=1e-5)


def test_shares_that_are_there_already_change_nothing():
    column = np.array([0, 1, 1, 1])
    assert raked([column], [np.array([0.25, 0.75])]).tolist() == [1, 1, 1, 1]


def test_numbers_are_cut_at_the_quantiles_of_the_others_and_missing_is_a_bin():
    ours, theirs = binned(np.array([0.0, 2.5, 9.0, np.nan]), np.array([1.0, 2.0, 3.0, 4.0, np.nan]), 2)
    assert ours.tolist() == [0, 1, 1, 2]
    assert theirs.tolist() == [0, 0, 1, 1, 2]
    nothing = np.array([np.nan, np.nan])
    assert binned(np.array([1.0]), nothing, 4)[0].tolist() == [0]
