"""Exact ROC AUC of more scores than memory should hold: they are on disk, and ranked a range at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from tempfile import TemporaryFile

import numpy as np

RANGE = 1_000_000  # scores that are ranked together, about
LOOKED_AT = 100_000  # by which the ranges are chosen


class Spilled:
    """Labels and scores of rows, in a file without a name: nothing of it stays."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it ends with this object
        self._parts: list[tuple[int, int]] = []  # place in the file and rows of each

    @property
    def rows(self) -> int:
        return sum(n for _, n in self._parts)

    def add(self, y: np.ndarray, scores: list[np.ndarray]) -> None:
        """Add the labels, (n,), and the scores of each ranking, (n,)."""
        self._parts.append((self._file.tell(), len(y)))
        self._file.write(y.astype(np.int32).tobytes())
        for one in scores:
            self._file.write(one.astype(np.float64).tobytes())

    def auc(self, ranking: int, label: int) -> tuple[int, int, float]:
        """Return how many rows have the label, how many have not, and the AUC, if there are both.

        A positive row counts the negative ones below it, and half of those at its score: whole numbers, so
        that the result is exact however the scores are cut.
        """
        ends = self._ends(ranking)
        twice, positives, negatives = 0, 0, 0
        for low, high in pairwise(ends):
            over, under = self._between(ranking, label, low, high)
            places = [np.searchsorted(under, over, side) for side in ("left", "right")]
            twice += sum(int(place.sum()) for place in places) + 2 * negatives * len(over)
            positives, negatives = positives + len(over), negatives + len(under)
        both = 2 * positives * negatives
        return positives, negatives, twice / both if both else float("nan")

    def _between(self, ranking: int, label: int, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the scores from `low` to below `high`, sorted: of rows with the label, and of others."""
        sides: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
        for y, scores in self._each(ranking):
            here = (scores >= low) & (scores < high)
            for side, chosen in zip(sides, (y == label, y != label), strict=True):
                side.append(scores[here & chosen])
        over, under = (np.sort(np.concatenate(side)) for side in sides)
        return over, under

    def _ends(self, ranking: int) -> np.ndarray:
        """Return the ends of ranges, which have about as many scores each."""
        every = max(1, self.rows // LOOKED_AT)
        some = np.concatenate([scores[::every] for _, scores in self._each(ranking)])
        inner = np.quantile(some, np.linspace(0, 1, self.rows // RANGE + 2)[1:-1], method="lower")
        return np.concatenate([[-np.inf], np.unique(inner), [np.inf]])

    def _each(self, ranking: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start, n in self._parts:
            self._file.seek(start)
            y = np.frombuffer(self._file.read(4 * n), dtype=np.int32)
            self._file.seek(start + 4 * n + 8 * n * ranking)
            yield y, np.frombuffer(self._file.read(8 * n))
