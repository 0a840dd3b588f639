"""McNemar's exact test: do more rows become right than become wrong? Beside the interval of accuracy."""

from __future__ import annotations

import numpy as np
from scipy import stats


def mcnemar(y: np.ndarray, champion: np.ndarray, candidate: np.ndarray) -> tuple[int, int, float]:
    """Return rows fixed, rows broken, and the p that more become right than wrong."""
    was, now = champion == y, candidate == y
    fixed, broken = int((now & ~was).sum()), int((was & ~now).sum())
    return fixed, broken, p_of_more(fixed, broken)


def p_of_more(these: int, others: int) -> float:
    """Return P(X ≥ these), X ~ Bin(these + others, ½): 1 where there are none of either."""
    return float(stats.binom.sf(these - 1, these + others, 0.5))
