"""Medians, paired ratios and percentiles."""

import pytest

from benchmarks.reporting.figures import Spread, paired_ratio, percentile, spread


def test_a_spread_is_median_lowest_and_highest():
    assert spread([3.0, 1.0, 10.0]) == Spread(3.0, 1.0, 10.0)
    assert spread([1.0, 2.0]) == Spread(1.5, 1.0, 2.0)


def test_a_ratio_is_taken_round_by_round():
    """The machine was twice as slow in the second round: both were."""
    assert paired_ratio([100.0, 50.0, 120.0], [50.0, 25.0, 40.0]) == Spread(2.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("ours", "rivals"), [([], []), ([1.0], []), ([1.0, 2.0], [1.0]), ([1.0, 1.0], [1.0, 0.0])]
)
def test_a_ratio_without_pairs_is_refused(ours, rivals):
    with pytest.raises(ValueError, match=r"round|samples"):
        paired_ratio(ours, rivals)


def test_a_percentile_is_a_sample():
    samples = list(range(1, 101))
    assert percentile(samples, 0.99) == 99
    assert percentile(samples, 0.5) == 50
    assert percentile(samples, 1) == 100
    assert percentile(samples, 0) == 1
    assert percentile([7.0], 0.99) == 7.0
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 0.5)


def test_the_order_of_samples_does_not_matter():
    assert percentile([5, 1, 4, 2, 3], 0.6) == 3
