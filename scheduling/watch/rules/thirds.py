"""What the gate saw of the differences of values: by the old answer, low, middle and high."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from scheduling.statistics.watching import chance_of_as_many

LEAST_ROWS = 5  # fewer say nothing of how far the answers are apart
SURE = 0.05  # at most, of the new version to be nearer to the truth by chance


class JudgedValue(NamedTuple):
    """What both answer to an evaluation row, and what is true."""

    new: float
    old: float
    truth: float


class Third(msgspec.Struct, frozen=True, kw_only=True):
    """Evaluation rows with low, middle or high old answers: how far the new ones are, by the scale."""

    rows: int = 0
    mean: float = 0.0
    apart: float = 0.0  # the mean without its sign
    better: bool = False  # the new answers are nearer to the truth: then no difference is one too many


def third_of(rows: Sequence[JudgedValue], scale: float) -> Third:
    """What these rows say; of too few it is nothing."""
    if len(rows) < LEAST_ROWS:
        return Third()
    shares = [share_of(row.new, row.old, scale) for row in rows]
    nearer = sum(abs(row.new - row.truth) < abs(row.old - row.truth) for row in rows)
    farther = sum(abs(row.new - row.truth) > abs(row.old - row.truth) for row in rows)
    return Third(
        rows=len(rows),
        mean=sum(shares) / len(rows),
        apart=sum(map(abs, shares)) / len(rows),
        better=nearer > 0 and chance_of_as_many(nearer, nearer + farther, 0.5) <= SURE,
    )


def finite(*values: float) -> bool:
    """Whether all of them are numbers to compare with."""
    return all(map(math.isfinite, values))


def share_of(new: float, old: float, scale: float) -> float:
    """The difference as a share of the scale, between -1 and 1."""
    return min(max((new - old) / scale, -1.0), 1.0)


def standard_error(rows: Sequence[JudgedValue], scale: float) -> float:
    """Of the mean difference; that of its size is no larger."""
    if len(rows) < LEAST_ROWS:
        return 0.0
    return float(np.std([share_of(row.new, row.old, scale) for row in rows], ddof=1) / math.sqrt(len(rows)))
