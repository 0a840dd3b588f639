"""Many hashes are compared by their first bits, with the same answers."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_series_equal

from scheduling.evidence import counted_hashes
from scheduling.evidence.counted_hashes import duplicated, found_in


def made(seed, n):
    chance = np.random.default_rng(seed)
    some = chance.integers(0, 2**64, 200, dtype=np.uint64)
    return pd.Series(chance.choice(some, n), index=np.arange(n) * 3)


@pytest.mark.parametrize("many", [1, 150, 10_000])
def test_the_answers_are_those_of_pandas(many, monkeypatch):
    monkeypatch.setattr(counted_hashes, "MANY", many)
    ours, theirs = made(1, 300), made(1, 100)
    assert_series_equal(duplicated(ours), ours.duplicated())
    assert_series_equal(duplicated(ours, keep=False), ours.duplicated(keep=False))
    assert_series_equal(found_in(ours, theirs), ours.isin(theirs))
    assert_series_equal(found_in(theirs, ours), theirs.isin(ours))
