"""Do the stated error rates hold? Seeded trials of an equal candidate, against 99.9 % binomial bounds."""

import numpy as np
import pytest
from scipy.stats import binom

from scheduling.outcomes import Verdict
from scheduling.statistics.paired import gain_interval, joint_counts, verdict

ALPHA = 0.05
TRIALS = 1000
CLASSES = 3


def answers_of(chance, y, *, accuracy):
    """Three classes; a wrong answer is one of the two others."""
    wrong = (y + chance.integers(1, CLASSES, len(y))) % CLASSES
    return np.where(chance.random(len(y)) < accuracy, y, wrong)


def equal_pair(chance, y, *, accuracy, differing):
    """Two models that swapping does not change: they share most answers, and draw the rest alike."""
    shared = answers_of(chance, y, accuracy=accuracy)
    apart = chance.random(len(y)) < differing
    return [np.where(apart, answers_of(chance, y, accuracy=accuracy), shared) for _ in range(2)]


def intervals(*, n, metric, differing, seed):
    chance = np.random.default_rng(seed)
    y = np.arange(n) % CLASSES
    for _ in range(TRIALS):
        champion, candidate = equal_pair(chance, y, accuracy=0.9, differing=differing)
        yield gain_interval(joint_counts(y, champion, candidate, CLASSES), metric, ALPHA)


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro"])
@pytest.mark.parametrize(("n", "differing"), [(45, 0.3), (45, 0.8), (500, 0.3), (500, 0.8)])
def test_an_equal_candidate_is_called_better_as_seldom_as_stated(metric, n, differing):
    found = list(intervals(n=n, metric=metric, differing=differing, seed=20260101))
    better = sum(verdict(i, least_gain=0.0, margin=0.0) is Verdict.BETTER for i in found)
    covered = sum(i.low <= 0 <= i.high for i in found)
    assert better <= binom.ppf(0.999, TRIALS, ALPHA)
    assert covered >= binom.ppf(0.001, TRIALS, 1 - 2 * ALPHA)


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro"])
def test_a_candidate_that_is_much_better_is_found(metric):
    chance = np.random.default_rng(5)
    y = np.arange(500) % CLASSES
    found = 0
    for _ in range(100):
        champion, candidate = (answers_of(chance, y, accuracy=share) for share in (0.85, 0.95))
        interval = gain_interval(joint_counts(y, champion, candidate, CLASSES), metric, ALPHA)
        found += verdict(interval, least_gain=0.0, margin=0.0) is Verdict.BETTER
    assert found >= 95
