"""False alarms over twenty columns of unlike kinds, and what is found."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from scheduling.tests.statistics.drift.unlike_columns import shifts

TRIALS = 100


def alarms(n_reference, n_recent, *, distance=0.0, **moved):
    """In how many trials any column is significant, with at least this distance."""
    chance, count = np.random.default_rng(1), 0
    for _ in range(TRIALS):
        found = shifts(n_reference, n_recent, chance, **moved)
        significant = false_discovery_control([shift.p for shift in found]) <= 0.05
        count += any(s and shift.distance >= distance for s, shift in zip(significant, found, strict=True))
    return count


@pytest.mark.parametrize("sizes", [(105, 45), (500, 500), (2000, 500)])
def test_without_drift_any_alarm_is_as_rare_as_promised(sizes):
    assert alarms(*sizes) <= 13  # the 99.9 % bound of 100 trials at .05


def test_drift_in_every_column_is_found():
    assert alarms(2000, 500, distance=0.05, moved=20) >= 90
