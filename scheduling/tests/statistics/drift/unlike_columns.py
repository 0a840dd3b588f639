"""Twenty columns of unlike kinds, drawn alike in both samples; or with a shift in some of them."""

import numpy as np
import pandas as pd

from scheduling.statistics.drift import category_column, number_column

NUMBERS = {
    "normal": lambda c, n: c.normal(size=n),
    "normal, large": lambda c, n: c.normal(1e9, 1e3, n),
    "grid of .1": lambda c, n: c.normal(size=n).round(1),
    "grid of .5": lambda c, n: (2 * c.normal(size=n)).round() / 2,
    "lognormal": lambda c, n: c.lognormal(size=n),
    "lognormal, wide": lambda c, n: c.lognormal(0, 3, n),
    "cauchy": lambda c, n: c.standard_cauchy(n),
    "t2": lambda c, n: c.standard_t(2, n),
    "poisson 1": lambda c, n: c.poisson(1, n).astype(float),
    "poisson 20": lambda c, n: c.poisson(20, n).astype(float),
    "zero-inflated": lambda c, n: c.lognormal(size=n) * (c.random(n) < 0.3),
    "ids": lambda c, n: c.integers(0, 10**9, n).astype(float),
    "with gaps": lambda c, n: np.where(c.random(n) < 0.1, np.nan, c.normal(size=n)),
    "mostly gaps": lambda c, n: np.where(c.random(n) < 0.9, np.nan, c.normal(size=n)),
}
CATEGORIES = {
    "2 categories": [0.5, 0.5],
    "2, one rare": [0.98, 0.02],
    "3 categories": [0.5, 0.3, 0.2],
    "5 categories": [0.4, 0.3, 0.15, 0.1, 0.05],
    "50 categories": [0.02] * 50,
    "50, most of them rare": (np.arange(1, 51.0) ** -1.5 / (np.arange(1, 51.0) ** -1.5).sum()).tolist(),
}


def columns(n_reference, n_recent, chance, *, moved=0, sigma=0.2, mass=0.1):
    """Yield how each column is compared, and its two samples; the first `moved` of either kind are moved."""
    for i, draw in enumerate(NUMBERS.values()):
        a, b = draw(chance, n_reference), draw(chance, n_recent)
        yield number_column, pd.Series(a), pd.Series(b + sigma * np.nanstd(a) * (i < moved))
    for i, shares in enumerate(CATEGORIES.values()):
        a = chance.choice(len(shares), n_reference, p=shares)
        b = chance.choice(len(shares), n_recent, p=shares)
        b[(chance.random(n_recent) < mass) & (i < moved)] = 0
        yield category_column, pd.Series(a).astype(str), pd.Series(b).astype(str)


def shifts(n_reference, n_recent, chance, **moved):
    """Return the shift of each column."""
    return [
        compare(reference, recent).shift
        for compare, reference, recent in columns(n_reference, n_recent, chance, **moved)
    ]
