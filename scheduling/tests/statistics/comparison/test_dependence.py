"""Rows that depend on each other: found by the gains, and counted as fewer."""

import numpy as np
import pytest
from scipy import stats

from scheduling.statistics.comparison.dependence import find_dependence
from scheduling.statistics.comparison.interval import freedom_of_groups, t_interval, unit_sums


def gains_by_day(chance, *, rows=1500, days=10, effect=9.0):
    """Gains with mean 0 whose days differ, so that the variance of their mean is `effect` times as large."""
    day = np.sort(np.arange(rows) % days)
    share = (effect - 1) / (rows / days - 1)
    own, of_day = chance.normal(size=rows), chance.normal(size=days)
    return np.sqrt(share) * of_day[day] + np.sqrt(1 - share) * own, day


def test_rows_of_a_day_are_found_and_told_how_much_they_are_worth():
    found = [find_dependence(*as_grouping(gains_by_day(np.random.default_rng(seed)))) for seed in range(20)]
    found = [one for one in found if one and one.by == "day"]
    assert len(found) >= 18
    assert 4 < np.median([one.effect for one in found]) < 14
    assert all(10 <= one.worth < 800 for one in found)


def as_grouping(gains_and_day):
    gains, day = gains_and_day
    return gains, {"colour": np.random.default_rng(7).integers(0, 12, len(gains)), "day": day}


def test_independent_rows_stay_rows_in_most_cases():
    made = [gains_by_day(np.random.default_rng(seed), effect=1.0) for seed in range(100)]
    assert sum(find_dependence(gains, {"day": day}) is None for gains, day in made) >= 70


def test_too_few_groups_and_one_group_for_each_row_show_nothing():
    gains, _ = gains_by_day(np.random.default_rng(0))
    rows = np.arange(len(gains))
    assert find_dependence(gains, {"half": rows % 4, "row": rows}) is None
    assert find_dependence(np.zeros(40), {"day": np.arange(40) % 8}) is None


@pytest.mark.parametrize(("days", "effect"), [(5, 1.0), (5, 9.0), (10, 3.0), (30, 9.0)])
def test_the_interval_by_groups_holds_its_level_where_the_one_by_rows_does_not(days, effect):
    chance, trials, by_row, by_group = np.random.default_rng(days), 1000, 0, 0
    for _ in range(trials):
        gains, day = gains_by_day(chance, rows=600, days=days, effect=effect)
        by_row += t_interval(gains, alpha=0.05).low > 0
        by_group += t_interval(gains, alpha=0.05, groups=day).low > 0
    assert by_group <= 73  # the 99.9 % binomial bound at .05
    assert effect == 1 or by_row > 110


def test_groups_of_one_size_have_their_number_less_one_of_degrees():
    assert freedom_of_groups(np.arange(60) % 6) == pytest.approx(5)
    assert freedom_of_groups(np.arange(45)) == pytest.approx(44)
    assert freedom_of_groups(np.repeat([0, 1, 2], [40, 1, 1])) < 1.5


def test_rows_as_groups_of_one_are_rows():
    values = np.random.default_rng(1).normal(size=50)
    values -= values.mean()
    assert unit_sums(values, np.arange(50)) == pytest.approx(unit_sums(values, None))
    sums = unit_sums(values, None)
    assert np.sqrt(sums @ sums) / 50 == pytest.approx(stats.sem(values))


def test_copies_of_a_row_depend_on_each_other():
    groups = np.repeat(np.arange(40), 5)
    gains = np.repeat(np.random.default_rng(1).choice([-1.0, 0.0, 1.0], 40), 5)
    found = find_dependence(gains, {"row": groups})
    assert found is not None
    assert found.effect == pytest.approx(5, rel=0.1)
    assert find_dependence(np.zeros(200), {"row": groups}) is None
