"""Evidence after a promotion that may be evaluated at any time: e-processes, kept as logarithms.

Under the hypothesis that nothing got worse, an e-process exceeds 1 / alpha at any time whatever with a
probability of at most alpha (Ville 1939), so testing every minute costs nothing.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import special

GROWTH = np.array([1.25, 1.5, 2, 3, 5, 10, 30])  # how many times the bound the rate might be


def upper_bound(bad: int, total: int, alpha: float) -> float:
    """Return Clopper and Pearson's upper bound (1934) of a rate, one-sided; 1 where all were bad."""
    return float(special.betaincinv(bad + 1, total - bad, 1 - alpha)) if bad < total else 1.0


def chance_of_as_many(bad: int, total: int, rate: float) -> float:
    """Return P(X >= bad) for X binomial; `bad` is 1 at least."""
    return float(special.betainc(bad, total - bad + 1, rate))


def log_evidence(bad: int, total: int, bound: float) -> float:
    """Return the log e-value against "the rate is at most `bound`"; 0 at a bound of 1, or without data.

    The mean over rates r above the bound of (r/bound)^bad ((1-r)/(1-bound))^good: a mixture of
    likelihood ratios, each of which is a supermartingale for every rate up to the bound.
    """
    if bound >= 1:
        return 0.0
    rates = np.minimum(bound * GROWTH, (1 + bound) / 2)
    ratios = bad * np.log(rates / bound) + (total - bad) * np.log((1 - rates) / (1 - bound))
    return float(np.logaddexp.reduce(ratios)) - math.log(len(rates))


def log_mean(evidences: Iterable[float]) -> float:
    """Return the log of the mean of e-values, which is an e-value; 0 without any."""
    found = list(evidences)
    return float(np.logaddexp.reduce(found)) - math.log(len(found)) if found else 0.0


@dataclass(frozen=True, kw_only=True)
class Bets:
    """Bets against "the mean gain is at least -margin", on gains that arrive one by one in -1…1.

    gain = old loss - new loss on one row. Each bet is a share of the wealth that earlier rows alone have
    chosen (Waudby-Smith and Ramdas, JRSSB 2024, 86:1), and no row can lose more than half of it.
    """

    rows: int = 0
    log_wealth: float = 0.0
    mean: float = 0.0
    squares: float = 0.05

    def after(self, gains: Iterable[float], *, margin: float) -> Self:
        """Return what the bets have become. Raises `ValueError` for a gain outside of -1…1."""
        rows, wealth, mean, squares = self.rows, self.log_wealth, self.mean, self.squares
        for gain in gains:
            if not -1 <= gain <= 1:
                raise ValueError(f"a gain of {gain} is outside of -1…1")
            loss = -(gain + margin)
            if mean > 0:  # else nothing is bet
                bet = min(mean / (squares / (rows + 1) + mean**2), 0.5 / (1 + margin))
                wealth += math.log1p(bet * loss)
            mean += (loss - mean) / (rows + 2)
            squares += (loss - mean) ** 2
            rows += 1
        return type(self)(rows=rows, log_wealth=wealth, mean=mean, squares=squares)
