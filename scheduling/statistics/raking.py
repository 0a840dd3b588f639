"""Weights by which the rows of one sample stand for another: raking, one column after the other."""

import numpy as np

ROUNDS = 200
CLOSE = 1e-6  # of a share


def raked(columns: list[np.ndarray], shares: list[np.ndarray]) -> np.ndarray:
    """Return weights with mean 1, (n,), that give each column's categories their shares.

    Each column numbers the rows' categories from 0, (n,); its shares, (k,), sum to 1 over categories that
    occur. Iterative proportional fitting (Deming and Stephan, Ann. Math. Stat. 1940, 11:427).
    """
    weights = np.ones(len(columns[0]))
    for _ in range(ROUNDS):
        off = 0.0
        for column, share in zip(columns, shares, strict=True):
            now = np.bincount(column, weights=weights, minlength=len(share)) / len(column)
            off = max(off, float(np.abs(now - share).max()))
            weights = weights * np.divide(share, now, out=np.ones(len(share)), where=now > 0)[column]
        if off < CLOSE:
            break
    return weights / weights.mean()


def binned(values: np.ndarray, others: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of both samples' bins, (n,) and (m,), cut at quantiles of `others`; NaN is a bin."""
    known = others[np.isfinite(others)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else np.zeros(0)
    return _bins_of(values, edges), _bins_of(others, edges)


def _bins_of(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
