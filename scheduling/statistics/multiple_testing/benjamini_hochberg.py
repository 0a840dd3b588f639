"""Many tests at once: which of them are significant, at a false discovery rate."""

from __future__ import annotations

import numpy as np


def benjamini_hochberg(p: np.ndarray, q: float) -> np.ndarray:
    """Return which of the p values, (m,), are significant where at most a share `q` of these may be false.

    All up to the largest p(i) ≤ q i / m (JRSSB 1995, 57:289). Where nothing is true, the chance of any
    is at most q.
    """
    p = np.asarray(p, dtype=float)
    m, order = len(p), np.argsort(p)
    below = np.flatnonzero(p[order] <= q * np.arange(1, m + 1) / m)
    significant = np.zeros(m, dtype=bool)
    if len(below):
        significant[order[: below[-1] + 1]] = True
    return significant
