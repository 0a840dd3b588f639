"""Made-up data whose truth is known: pairs of models that are equal, or of which one is better.

*Equal* means exchangeable: swapping the two changes nothing. They share most of their errors, as two
models fitted to the same rows do.
"""

from functools import cache
from itertools import islice

import numpy as np

from scheduling.statistics.comparison.gain import could_exceed, gain_interval
from scheduling.statistics.comparison.verdict import Verdict, alpha_at, verdict
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored
from scheduling.statistics.metrics.table import METRICS, Family
from scheduling.tests.statistics.rows_factory import paired

TRIALS = 1000
ALPHA = 0.05
MANY = 1_000_000  # rows from which the true gain is taken
OPTIONS = Options()
# Of 1,000 trials, the 99.9 % binomial bounds at .05 and .90.
MOST_BETTER, LEAST_COVERED = 73, 870


def classifiers(chance, n, *, gain=0.0, labels=("a", "b", "c"), positive_share=None):
    """Two models of n rows: logits of truth, a shared error, and an error of one's own."""
    k = len(labels)
    y = np.arange(n) % k if positive_share is None else (np.arange(n) < positive_share * n).astype(int)
    truth = np.eye(k)[y]
    shared = 2 * truth + chance.normal(size=(n, k))
    return paired(*(_classified(chance, y, shared + more * truth, labels) for more in (0.0, gain)))


def rivals(chance, n):
    """One set, a champion, and then without end candidates that are its equals on this very set."""
    y = np.arange(n) % 3
    shared = 2 * np.eye(3)[y] + chance.normal(size=(n, 3))
    champion = _classified(chance, y, shared, ("a", "b", "c"))
    while True:
        yield paired(champion, _classified(chance, y, shared, ("a", "b", "c")))


def any_flip(chance, n, *, candidates, spending, name="accuracy"):
    """Whether any of so many equal candidates is called better, as the gate counts looks or at ALPHA each."""
    looks, metric, pairs = 0, METRICS[name], rivals(chance, n)
    for pair in islice(pairs, candidates):
        alpha = alpha_at(looks + 1, ALPHA) if spending else ALPHA
        looks += could_exceed(metric, pair, 0.0, alpha=alpha)
        if gain_interval(metric, pair, options=OPTIONS, alpha=alpha).low > 0:
            return True
    return False


def _classified(chance, y, shared, labels):
    logits = shared + 0.7 * chance.normal(size=shared.shape)
    weights = np.exp(logits)
    probabilities = weights / weights.sum(1, keepdims=True)
    return Scored(y=y, predicted=logits.argmax(1), probabilities=probabilities, labels=labels)


def regressors(chance, n, *, gain=0.0):
    """Two models of n positive values, with heavy-tailed errors."""
    y = 20 + chance.gamma(4, 5, n)
    shared = 2 * chance.standard_t(5, n)
    return paired(
        *(Scored(y=y, predicted=y + scale * (shared + chance.standard_t(5, n))) for scale in (1, 1 - gain))
    )


def nearly_alike(name, chance, n, *, rows):
    """Two models that answer alike but for some rows, on each of which one of them, by a coin, is far off.

    The truth of a regression is lognormal, and what is far off is the mean.
    """
    off, whose = chance.permutation(n)[:rows], chance.random(rows) < 0.5
    places = off[whose], off[~whose]
    if METRICS[name].task == "regression":
        y = 1 + chance.lognormal(0, 2, n)
        answers = [np.where(np.isin(np.arange(n), place), y.mean(), y) for place in places]
        return paired(*(Scored(y=y, predicted=predicted) for predicted in answers))
    y = np.arange(n) % 2
    p = np.clip(0.5 + (y - 0.5) * chance.beta(3, 2, n), 0.02, 0.98)
    both = [np.where(np.isin(np.arange(n), place), 1 - y, p) for place in places]
    return paired(
        *(
            Scored(
                y=y, predicted=(p > 0.5).astype(int), probabilities=np.stack([1 - p, p], 1), labels=("n", "y")
            )
            for p in both
        )
    )


def pair_for(name, chance, n, *, gain, labels=2):
    """A pair that suits the metric; `gain` is in the units of the maker, `labels` those of ranks: 2 or 3."""
    metric = METRICS[name]
    if metric.task == "regression":
        return regressors(chance, n, gain=gain)
    if metric.family is Family.RANK and labels == 2:
        return classifiers(chance, n, gain=gain, labels=("no", "yes"), positive_share=0.45)
    return classifiers(chance, n, gain=gain)


@cache
def true_gain(name, gain, labels=2):
    """Of the metric, from very many rows."""
    if not gain:
        return 0.0
    pair, metric = pair_for(name, np.random.default_rng(1), MANY, gain=gain, labels=labels), METRICS[name]
    old, new = (metric.value(rows, OPTIONS) for rows in (pair.champion, pair.candidate))
    return metric.sign * (new - old)


def rates(name, n, *, gain=0.0, trials=TRIALS, seed=20260101, alpha=ALPHA, labels=2):
    """Return how often of `trials`: called better, covered by the 90 % interval, without a number."""
    chance, truth = np.random.default_rng(seed), true_gain(name, gain, labels)
    better = covered = undefined = 0
    for _ in range(trials):
        pair = pair_for(name, chance, n, gain=gain, labels=labels)
        try:
            interval = gain_interval(METRICS[name], pair, options=OPTIONS, alpha=alpha)
        except MetricUndefined:
            undefined += 1
            continue
        better += verdict(interval, least_gain=0.0, margin=0.0) is Verdict.BETTER
        covered += interval.low <= truth <= interval.high
    return better, covered, undefined
