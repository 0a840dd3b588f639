"""Rows of one day are alike: how many of them are worth one independent row, and what that shows."""

import numpy as np
import pandas as pd
import pytest

from scheduling.statistics.drift import category_column, design_effect, number_column

DAYS = np.repeat(np.arange(20), 50)


def by_day(seed, *, alike):
    """A number that a day shares with a weight of `alike`."""
    chance = np.random.default_rng(seed)
    return pd.Series(alike * np.repeat(chance.normal(size=20), 50) + (1 - alike) * chance.normal(size=1000))


def test_independent_rows_are_worth_themselves():
    assert design_effect(by_day(1, alike=0.0), DAYS) == pytest.approx(1, abs=0.6)
    assert design_effect(by_day(1, alike=1.0), None) == 1
    assert design_effect(pd.Series(np.ones(1000)), DAYS) == 1


def test_rows_that_are_equal_in_a_group_are_worth_one():
    assert design_effect(by_day(1, alike=1.0), DAYS) == pytest.approx(50)
    weekday = pd.Series(np.repeat([f"day {i % 7}" for i in range(20)], 50))
    assert design_effect(weekday, DAYS) > 40


def found(effects_of, *, trials=200):
    """How often a difference of the same days' weather is significant at .05."""
    significant = 0
    for seed in range(trials):
        both = by_day(seed, alike=0.9), by_day(1000 + seed, alike=0.9)
        significant += number_column(*both, effects=effects_of(both)).shift.p <= 0.05
    return significant / trials


def test_a_difference_of_a_few_days_is_not_taken_for_one_of_many_rows():
    assert found(lambda both: (1.0, 1.0)) > 0.9
    assert found(lambda both: (design_effect(both[0], DAYS), design_effect(both[1], DAYS))) < 0.15


def test_categories_and_what_can_be_seen_count_the_same_rows():
    chance = np.random.default_rng(1)
    both = [pd.Series(chance.choice(["a", "b"], 1000, p=[p, 1 - p])) for p in (0.5, 0.6)]
    rows, days = (category_column(*both, effects=(effect, effect)).shift for effect in (1.0, 50.0))
    assert rows.distance == days.distance
    assert rows.p < 0.01 < 0.05 < days.p
    assert days.visible > 0.5 > rows.visible
