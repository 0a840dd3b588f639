"""Labelled rows with the answers of made-up models."""

import numpy as np

from scheduling.statistics.comparison.pair import Pair
from scheduling.statistics.metrics.scored import Scored

LABELS = ("a", "b", "c")


def classified(seed, n=200, labels=LABELS, sharpness=3):
    """Random labels, and probabilities that know something of them."""
    chance = np.random.default_rng(seed)
    k = len(labels)
    y = np.arange(n) % k
    probabilities = chance.dirichlet(np.ones(k), n) + sharpness * np.eye(k)[y] * chance.random((n, 1)) / 3
    probabilities /= probabilities.sum(1, keepdims=True)
    return Scored(y=y, predicted=probabilities.argmax(1), probabilities=probabilities, labels=labels)


def regressed(seed, n=200, noise=1.0):
    """Positive values, and answers that miss them by some noise."""
    chance = np.random.default_rng(seed)
    y = np.random.default_rng(99).gamma(3, 20, n) + 1
    return Scored(y=y, predicted=y + noise * chance.standard_t(5, n))


def labelled(y, predicted, labels=LABELS):
    """Rows with answers and no probabilities."""
    return Scored(y=np.asarray(y), predicted=np.asarray(predicted), labels=labels)


def paired(champion, candidate, groups=None):
    """Two models on the same rows."""
    return Pair(champion=champion, candidate=candidate, groups=groups)


def counted(*, right, fixed, broken, wrong=0):
    """Two labels, split evenly where it can be: rows by which of the two models is right."""
    cells = []
    for label, other in ((0, 1), (1, 0)):
        for count, old, new in (
            (right, label, label), (fixed, other, label), (broken, label, other), (wrong, other, other),
        ):  # fmt: skip
            cells += [(label, old, new)] * ((count + label) // 2)
    y, champion, candidate = np.array(cells).T
    return paired(labelled(y, champion, ("n", "y")), labelled(y, candidate, ("n", "y")))
