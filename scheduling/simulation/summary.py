"""What a path of decisions was worth: regret with its interval, and flips that hindsight calls wrong.

The regret of a decision is how much worse the version that it left live does in the next period than the best
version that any of the played policies had at hand: the candidate, or one of their champions. By the path's
own two versions a policy that once missed a good one would be charged once, although it serves a worse one
from then on. All paths share the yardstick, so differences of regrets are those of what was served.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from scheduling.simulation.playing import Decision
from scheduling.simulation.report.schema import Estimate, Share

LEVEL = 0.95


def regrets_of(paths: Sequence[Sequence[Decision]], *, sign: int) -> tuple[list[int], np.ndarray]:
    """Return the periods with hindsight, numbered from 0, and each path's regret in them: (paths, periods).

    In the metric's own units. `sign` is 1 where more of the metric is better, else -1.
    """
    steps = [step for step in zip(*paths, strict=True) if all(one.has_hindsight for one in step)]
    served = sign * np.array([[one.served for one in step] for step in steps], dtype=float)
    offered = [
        max(sign * value for one in step for value in (one.after.candidate, one.after.champion))
        for step in steps
    ]
    regrets = np.array(offered)[:, None] - served if steps else np.zeros((0, len(paths)))
    return [step[0].period for step in steps], regrets.T


def mean_of(values: np.ndarray, *, level: float = LEVEL, least: float = -math.inf) -> Estimate | None:
    """Return the mean of (n,) values with Student's t interval; None for no value, no interval for one.

    No end is below `least`, which a value cannot be below.
    """
    if not len(values):
        return None
    mean, half = float(values.mean()), math.nan
    if len(values) > 1:
        error = float(values.std(ddof=1)) / math.sqrt(len(values))
        half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * error
    known = math.isfinite(half)
    return Estimate(
        mean=mean, low=max(least, mean - half) if known else None, high=mean + half if known else None
    )


def share_of(count: int, total: int) -> Share:
    """Return a share with Clopper and Pearson's interval; without an interval where nothing was counted."""
    if not total:
        return Share(count=0, total=0)
    interval = stats.binomtest(count, total).proportion_ci(LEVEL, method="exact")
    return Share(count=count, total=total, low=float(interval.low), high=float(interval.high))


def flips_of(path: Sequence[Decision]) -> tuple[Share, Share]:
    """Return the false flips among the promotions with hindsight, and the missed ones among the others."""
    seen = [one for one in path if one.has_hindsight]
    promoted = [one for one in seen if one.promoted]
    false = sum(one.is_false_flip for one in promoted)
    missed = sum(one.is_missed_flip for one in seen)
    return share_of(false, len(promoted)), share_of(missed, len(seen) - len(promoted))
