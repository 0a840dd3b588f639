"""Metrics of the order in which a model puts rows: ROC AUC and average precision.

Of two labels by the positive label's probability; of more the plain mean over each label against the rest.
Each function returns a number for each row, (n,), whose mean is the metric. From `MANY` rows up, scores that
agree in the leading bits of 32-bit floating point count as one: no sort, O(n).
"""

from functools import reduce

import numpy as np

from scheduling.statistics.metrics.influence import probabilities
from scheduling.statistics.metrics.scored import MetricUndefined, Options, Scored

MANY = 200_000
DROPPED_BITS = 10  # of 23: neighbours that differ by less than 2**-13 of themselves are one score

Ranking = tuple[np.ndarray, np.ndarray]  # which rows are positive, and the score of each, (n,)


def roc_auc(rows: Scored, options: Options) -> np.ndarray:
    """Of the chance that a positive row scores over a negative one; a tie counts half.

    The influence values are DeLong's placements (Biometrics 1988, 44:837), against the mean.
    """
    each = rankings(rows, options)
    return reduce(np.add, map(_roc_auc, each)) / len(each)


def average_precision(rows: Scored, options: Options) -> np.ndarray:
    """Of Σ (recall - recall before) · precision over the scores, from the highest down.

    Derivatives by one row's weight: it changes the precision at its own score and at every lower one.
    """
    each = rankings(rows, options)
    return reduce(np.add, map(_average_precision, each)) / len(each)


def rankings(rows: Scored, options: Options) -> list[Ranking]:
    """Return that of the positive label of two, else that of each label. Raises `MetricUndefined`."""
    scores, k = probabilities(rows), len(rows.labels)
    found = []
    for label in ranked(k, options):
        positive = rows.y == label
        if not positive.any() and k > 2:
            raise MetricUndefined(f"there are no rows with the label {rows.labels[label]}")
        if positive.all() or not positive.any():
            raise MetricUndefined("all rows have the same label")
        found.append((positive, scores[:, label]))
    return found


def scores_by_label(rows: Scored, options: Options) -> dict[int, np.ndarray]:
    """Return the scores of each label that ranks, (n,). Raises `MetricUndefined`."""
    scores = probabilities(rows)
    return {label: scores[:, label] for label in ranked(len(rows.labels), options)}


def ranked(k: int, options: Options) -> list[int]:
    """The labels whose scores rank: the positive one of two, else each."""
    if k == 2 and options.positive is None:
        raise MetricUndefined("the policy's positive label is not a label of the signature")
    return list(range(k)) if k > 2 else [(options.positive or 0) % k]


def _roc_auc(ranking: Ranking) -> np.ndarray:
    places, (negatives, positives) = _counted(*ranking)
    n, n1, n0 = len(places), positives.sum(), negatives.sum()
    below = (np.cumsum(negatives) - negatives / 2) / n0  # share of the negatives under each score
    above = 1 - (np.cumsum(positives) - positives / 2) / n1  # share of the positives over it
    auc = (positives * below).sum() / n1
    table = np.concatenate([(above - auc) * n / n0, (below - auc) * n / n1])
    table += auc
    return table[places]


def _average_precision(ranking: Ranking) -> np.ndarray:
    places, counts = _counted(*ranking)
    negatives, positives = counts[:, ::-1].astype(float)
    n1 = positives.sum()
    seen = np.cumsum(positives + negatives).clip(1)
    found = np.cumsum(positives)
    precision, share = found / seen, positives / n1
    value = (share * precision).sum()
    share /= seen
    gained = np.cumsum(share[::-1])[::-1]  # by a positive row, in the precision from here down
    lost = np.cumsum((share * precision)[::-1])[::-1]  # by any row
    table = np.concatenate([-lost[::-1], ((precision - value) / n1 + gained - lost)[::-1]])
    table *= len(places)
    table += value
    return table[places]


def _counted(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's place in the table laid flat, (n,), and the table: (rest, label) by score, (2, k)."""
    order = _order(scores)
    size = int(order.max()) + 1
    places = order + positive * size
    return places, np.bincount(places, minlength=2 * size).reshape(2, size)


def _order(scores: np.ndarray) -> np.ndarray:
    """Return a whole number for each score (at least 0) that keeps their order, ties included."""
    if len(scores) < MANY:
        return np.unique(scores, return_inverse=True)[1]
    bits = np.ascontiguousarray(scores, dtype=np.float32).clip(0).view(np.uint32) >> DROPPED_BITS
    return (bits - bits.min()).astype(np.int64)
