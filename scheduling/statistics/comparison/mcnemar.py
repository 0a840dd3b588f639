"""McNemar's exact test: do more rows become right than become wrong? Beside the interval of accuracy."""

from __future__ import annotations

import numpy as np
from scipy import stats


def mcnemar(y: np.ndarray, champion: np.ndarray, candidate: np.ndarray) -> tuple[int, int, float]:
    """Return rows fixed, rows broken, and the one-sided p: P(X ≥ fixed), X ~ Bin(fixed + broken, ½)."""
    was, now = champion == y, candidate == y
    fixed, broken = int((now & ~was).sum()), int((was & ~now).sum())
    return fixed, broken, float(stats.binom.sf(fixed - 1, fixed + broken, 0.5))
