"""Times in steps: what a quantile of them says is within one step, and sizes are powers of two."""

from collections import Counter

import numpy as np
from django.test import SimpleTestCase

from predictions.log.request_lines import MOST_BIN, bin_of, least_rows, quantile_us, size_of


class BinTests(SimpleTestCase):
    """Values that can be computed by hand, and one distribution."""

    def test_sizes_are_powers_of_two(self):
        self.assertEqual(
            [size_of(rows) for rows in (1, 2, 3, 4, 7, 8, 2000, 10000)], [1, 2, 2, 3, 3, 4, 11, 14]
        )
        for rows in (1, 2, 3, 4, 7, 8, 2000):
            self.assertLessEqual(least_rows(size_of(rows)), rows)

    def test_a_time_twice_as_long_is_eight_steps_on(self):
        self.assertEqual(bin_of(2e-4) - bin_of(1e-4), 8)
        self.assertEqual((bin_of(0.0), bin_of(1e-6), bin_of(1e300)), (0, 0, MOST_BIN))

    def test_quantiles_are_within_a_step(self):
        seconds = np.random.default_rng(1).lognormal(-8, 0.5, 5000)
        steps = Counter(map(bin_of, seconds))
        for share in (0.05, 0.5, 0.95):
            told = quantile_us(steps, share)
            self.assertLess(abs(told / (np.quantile(seconds, share) * 1e6) - 1), 0.05)

    def test_of_none_it_is_nothing(self):
        self.assertEqual(quantile_us({}, 0.95), 0.0)
