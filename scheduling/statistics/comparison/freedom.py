"""How many degrees of freedom a standard deviation has, where few of the rows may make it up."""

from __future__ import annotations

import numpy as np


def that_matter(centred: np.ndarray) -> float:
    """Return m = (Σ d²)² / Σ d⁴ of n values with mean 0: n / 3 of normal ones, 3 where all but 3 are 0."""
    squares = centred * centred
    fourth = float(squares @ squares)
    return float(squares.sum()) ** 2 / fourth if fourth else float(len(centred))


def freedom(centred: np.ndarray) -> float:
    """Return Satterthwaite's 2 s⁴ / Var(s²) = 2 / (1/m - 1/n), up to n - 1: n of normal values, 6 of 3."""
    n = len(centred)
    excess = 1 / that_matter(centred) - 1 / n
    return min(n - 1, 2 / excess) if excess > 0 else n - 1
