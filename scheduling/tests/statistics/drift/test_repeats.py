"""Copies of a row: those that chance explains count, and a client that repeats itself does not."""

import numpy as np
import pytest
from django.test import SimpleTestCase

from scheduling.statistics.drift import counting_rows


def counted(rows, reference):
    return counting_rows(np.array(rows, dtype=np.uint64), np.array(reference, dtype=np.uint64))


class RepeatsTests(SimpleTestCase):
    """Rows are numbers here: equal ones are equal rows."""

    def test_where_no_row_is_there_twice_a_repeated_one_counts_once(self):
        mask = counted([7, 5000, 7, 7, 6000, 5000], range(1000))
        self.assertEqual(mask.tolist(), [True, True, False, False, True, False])

    def test_a_usual_row_counts_as_often_as_it_is_asked(self):
        self.assertTrue(counted([1, 2] * 300, [1, 2] * 200).all())

    def test_a_row_that_is_there_twice_counts_as_chance_explains(self):
        mask = counted([3] * 90 + list(range(1000, 1010)), [*range(100), 3])
        self.assertEqual(int(mask[:90].sum()), 6)  # the 99 % quantile of Poisson(100 x 2 / 101)

    def test_rows_that_repeat_by_their_nature_are_kept(self):
        chance = np.random.default_rng(1)
        for size in (200, 2000):
            reference, rows = chance.integers(0, 300, 500), chance.integers(0, 300, size)
            self.assertGreater(counted(rows, reference).mean(), 0.95)

    def test_one_row_of_each_is_enough(self):
        self.assertEqual(counted([1], [1]).tolist(), [True])


@pytest.mark.parametrize("repeats", [0, 120, 400])
def test_the_check_holds_its_level_where_a_client_repeats_a_request(repeats):
    """600 rows, so many of them one; no drift. As they are, 120 are called drift each time."""
    import pandas as pd

    from scheduling.evidence.samples import without_repeats
    from scheduling.statistics.drift import value_shift

    chance, found = np.random.default_rng(2), 0
    for _ in range(200):
        reference, rows = (pd.DataFrame(chance.normal(size=(n, 3)), columns=list("abc")) for n in (2000, 600))
        rows.iloc[:repeats] = rows.iloc[-1].to_numpy()
        counted = without_repeats(rows, reference, list("abc"))
        assert len(counted) == 600 - repeats
        shifts = [value_shift(reference[name], counted[name]) for name in "abc"]
        found += any(shift.p <= 0.05 / 3 and shift.distance >= 0.05 for shift in shifts)
    assert found <= 20  # of 200 at .05, with a probability of .998
