"""Sums from which mean, spread and fourth moment of any linear combination of some columns follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Of n values: the mean, and the sums of the second and the fourth power of what each is from it."""

    mean: float
    squares: float
    fourths: float


class Moments:
    """With z = (1, the columns less a shift near their means), the sums of all products of four z.

    They are kept as the products of pairs with pairs, (p, p): of a combination u of z with mean 0,
    (u·z)² = v·w for the pairs w of z and v of u, so Σ (u·z)² = v·Σw and Σ (u·z)⁴ = v' (Σ w w') v.
    """

    def __init__(self, columns: int) -> None:
        self.rows = 0
        self._shift = np.zeros(columns)
        self._pairs = np.triu_indices(columns + 1)
        self._sums = np.zeros((len(self._pairs[0]),) * 2)

    def add(self, columns: np.ndarray) -> None:
        """Add rows, (n, m)."""
        if not self.rows:
            self._shift = columns.mean(axis=0)
        z = np.column_stack([np.ones(len(columns)), columns - self._shift])
        first, second = self._pairs
        pairs = z[:, first] * z[:, second]
        self._sums += pairs.T @ pairs
        self.rows += len(columns)

    @property
    def means(self) -> np.ndarray:
        """Return those of the columns, (m,)."""
        return self._shift + self._from_shift

    @property
    def _from_shift(self) -> np.ndarray:
        return self._sums[0, 1 : len(self._shift) + 1] / self.rows

    def of(self, weights: np.ndarray) -> Moment:
        """Return the moment of the columns' combination with these weights, (m,)."""
        u = np.concatenate([[-float(weights @ self._from_shift)], weights])
        first, second = self._pairs
        v = u[first] * u[second] * np.where(first == second, 1, 2)
        squares, fourths = float(v @ self._sums[0]), float(v @ self._sums @ v)
        return Moment(mean=float(weights @ self.means), squares=max(0.0, squares), fourths=max(0.0, fourths))
