"""How an evaluation set wears: all looks at it share alpha, and each later look gets less.

The k-th look has alpha_k = alpha k^-1.6 / ζ(1.6). These sum to alpha, so alpha bounds the chance that any
candidate that is not better is ever called better on this set, by the union bound. The sequence is that
of ADDIS-spending (Tian and Ramdas, SMMR 2021, 30:976).
"""

EXPONENT = 1.6
WORN = 2.0  # the margin factor from which new labels are asked for


def alpha_at(look: int, alpha: float) -> float:
    """Return the one-sided level of the `look`-th look, from 1, at a set whose looks share `alpha`."""
    from scipy import special  # not installed in the web tier, which reads WORN

    return alpha * look**-EXPONENT / float(special.zeta(EXPONENT))


def margin_factor(look: int, alpha: float) -> float:
    """Return how much wider the interval is than at the first look, by the normal quantile: from 1 up."""
    from scipy import stats

    return float(stats.norm.isf(alpha_at(look, alpha)) / stats.norm.isf(alpha_at(1, alpha)))
