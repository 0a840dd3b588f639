"""Times of requests in few numbers: by how many rows were asked together, and in steps of a ninth.

Only requests of like sizes are compared with each other, so that clients who send more rows at once than
yesterday are no slower version.
"""

import math
from collections.abc import Mapping

STEPS = 8  # of a doubling: each is 9 % above the one before
MOST_SIZE, MOST_BIN = 64, 400  # what a line may say


def size_of(rows: int) -> int:
    """The class of a request by its rows: 1 has one, 2 two or three, 3 four to seven, n less than 2^n."""
    return rows.bit_length()


def least_rows(size: int) -> int:
    """The fewest rows of a class."""
    return 1 << (size - 1)


def bin_of(seconds: float) -> int:
    """The step that a time is in; a microsecond or less is in the first."""
    return min(int(STEPS * math.log2(seconds * 1e6)), MOST_BIN) if seconds > 1e-6 else 0


def quantile_us(bins: Mapping[int, int], share: float) -> float:
    """Return about the time, in microseconds, that `share` of the requests do not exceed; 0 of none."""
    wanted, seen = share * sum(bins.values()), 0
    for step in sorted(bins):
        seen += bins[step]
        if seen >= wanted:
            into = 1 - (seen - wanted) / bins[step] if bins[step] else 1.0
            return float(2 ** ((step + into) / STEPS))
    return 0.0
