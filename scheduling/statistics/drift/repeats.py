"""Which rows of a log count, where some are one request that was sent again and again."""

import numpy as np
from scipy import stats

BY_CHANCE = 0.99  # so many copies of a row or fewer come by chance, with this probability
USUAL = 20  # copies that are expected of a usual row: who repeats one of those cannot be told


def counting_rows(rows: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return which of `rows` count, (n,): of equal ones the first so many as chance explains.

    Both are hashes of whole rows, (n,) and (m,). A row that the reference has r times has a share of r / m;
    one that it has once or never, the share of a row not seen yet, by Chao's estimate (1984) of how many
    there are: f0 = f1 (f1 - 1) / 2 (f2 + 1), where f1 rows are there once and f2 twice. The copies of a row
    in the log are then Poisson, and its 99 % quantile counts, one at least. Of a usual row all count.
    """
    import pandas as pd

    known, times = np.unique(reference, return_counts=True)
    distinct, which, copies = np.unique(rows, return_inverse=True, return_counts=True)
    place = np.minimum(np.searchsorted(known, distinct), len(known) - 1)
    seen = np.where(known[place] == distinct, times[place], 0)
    share = np.where(seen > 1, seen / len(reference), _share_of_a_rare_row(times))
    expected = len(rows) * share
    most = np.maximum(stats.poisson.ppf(BY_CHANCE, expected), 1)
    most = np.where(expected >= USUAL, copies, most)
    before = pd.Series(which).groupby(which).cumcount().to_numpy()  # equal ones that come before each
    return before < most[which]


def _share_of_a_rare_row(times: np.ndarray) -> float:
    """Of one that the reference has once or never: the mass of those that it lacks, among them all."""
    once, twice = int((times == 1).sum()), int((times == 2).sum())
    return 2 * (twice + 1) / (max(once - 1, 1) * times.sum())
