"""Whether values differ from those of the version before, on the same requests, more than the gate saw."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Self

import msgspec
import numpy as np

from scheduling.statistics.watching import Bets, log_mean
from scheduling.watch.rules.base import NOT_ASKED, AskedRule, Judged, Pair, is_better

STANDARD_ERRORS = 2.5  # of what is expected, which was seen on some rows only
THIRDS = (1 / 3, 2 / 3)  # of the evaluation rows by the old answer: each is expected to differ in its own way
LEAST_ROWS = 5  # fewer say nothing of how far the answers are apart


class Third(msgspec.Struct, frozen=True, kw_only=True):
    """Evaluation rows with low, middle or high old answers: how far the new ones are, by the scale."""

    rows: int = 0
    mean: float = 0.0
    apart: float = 0.0  # the mean without its sign
    better: bool = False  # the new answers are nearer to the truth: then no difference is one too many


class ValueRate(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct requests of some voices, and bets on new - old: higher, lower, further apart than expected."""

    asked: int = 0
    total: float = 0.0
    total_apart: float = 0.0
    higher: Bets = Bets()
    lower: Bets = Bets()
    apart: Bets = Bets()


class ValueRule(AskedRule, frozen=True, kw_only=True):
    """Differences are shares of `scale`, and 1 at most.

    Two versions may differ and agree on average: a new one that answers the mean of all to everybody is no
    higher, but far apart. A difference that is smaller than the gate saw is none.
    """

    scale: float = 1.0  # of the values: how far the middle 90 % of the evaluation targets reach
    edges: list[float] = []  # between the thirds, in old answers
    thirds: list[Third] = []
    uncertain: float = 0.0  # of what is expected
    without: dict[str, ValueRate] = {}

    @classmethod
    def expecting(cls, judged: Iterable[Judged], *, scale: float) -> Self:
        rows = [row for row in judged if math.isfinite(row.new) and math.isfinite(row.old)]
        if not rows:
            return cls(scale=scale, missing=NOT_ASKED)
        edges = [float(edge) for edge in np.quantile([row.old for row in rows], THIRDS)]
        parts: list[list[Judged]] = [[], [], []]
        for row in rows:
            parts[bisect_right(edges, row.old)].append(row)
        thirds, errors = zip(*(_third_of(part, scale) for part in parts), strict=True)
        of_all = (len(part) * error / len(rows) for part, error in zip(parts, errors, strict=True))
        uncertain = STANDARD_ERRORS * math.hypot(*of_all)
        return cls(scale=scale, edges=edges, thirds=list(thirds), uncertain=uncertain)

    def _compares(self, new: float, old: float) -> bool:
        return math.isfinite(new) and math.isfinite(old)

    def _rate_after(self, rate: ValueRate | None, pairs: Sequence[Pair], tolerance: float) -> ValueRate:
        """Where the gate saw a gain, or nothing, no difference is one too many."""
        rate, margin = rate or ValueRate(), tolerance + self.uncertain
        found = [
            (_share(new, old, self.scale), self.thirds[bisect_right(self.edges, old)]) for new, old in pairs
        ]
        told = [(share, third) for share, third in found if third.rows and not third.better]
        rest = [0.0] * (len(found) - len(told))
        higher = [share - max(third.mean, 0.0) for share, third in told] + rest
        lower = [-share - max(-third.mean, 0.0) for share, third in told] + rest
        apart = [abs(share) - third.apart for share, third in told] + rest
        return ValueRate(
            asked=rate.asked + len(found),
            total=rate.total + sum(share for share, _ in found),
            total_apart=rate.total_apart + sum(abs(share) for share, _ in found),
            higher=rate.higher.after([-more / 2 for more in higher], margin=margin / 2),  # a gain is in -1…1
            lower=rate.lower.after([-more / 2 for more in lower], margin=margin / 2),
            apart=rate.apart.after([-more for more in apart], margin=margin),
        )

    def _log_evidence(self, rate: ValueRate) -> float:
        return log_mean([bets.log_wealth for bets in (rate.higher, rate.lower, rate.apart)])

    def _say(self, rate: ValueRate, tolerance: float) -> tuple[str, str]:
        mean, apart = self.scale * rate.total / rate.asked, self.scale * rate.total_apart / rate.asked
        return (
            f"the values of the new version differ too much. On {rate.asked} different requests they differ "
            f"from the previous version's by {mean:+.4g} on average, or by {apart:.4g} without the sign.",
            f"prediction mix: at most {self.scale * (tolerance + self.uncertain):.4g} more than on the "
            "evaluation set is allowed",
        )


def _third_of(rows: Sequence[Judged], scale: float) -> tuple[Third, float]:
    """What these rows say, and the standard error of their mean difference; both 0 with too few rows."""
    if len(rows) < LEAST_ROWS:
        return Third(), 0.0
    shares = [_share(row.new, row.old, scale) for row in rows]
    nearer = sum(abs(row.new - row.truth) < abs(row.old - row.truth) for row in rows)
    farther = sum(abs(row.new - row.truth) > abs(row.old - row.truth) for row in rows)
    mean, apart = sum(shares) / len(rows), sum(map(abs, shares)) / len(rows)
    third = Third(rows=len(rows), mean=mean, apart=apart, better=is_better(nearer, farther))
    return third, float(np.std(shares, ddof=1) / math.sqrt(len(rows)))


def _share(new: float, old: float, scale: float) -> float:
    return min(max((new - old) / scale, -1.0), 1.0)
