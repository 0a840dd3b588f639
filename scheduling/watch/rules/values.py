"""Whether values are others than those of the version before, to the same requests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Self

import msgspec

from scheduling.statistics.watching import Bets, log_mean
from scheduling.watch.rules.base import RULES

STANDARD_ERRORS = 2.5  # of what is expected, which was seen on some rows only


class ValueRule(msgspec.Struct, frozen=True, kw_only=True):
    """Three bets on the difference new - old of each request: higher, lower, further apart than expected.

    Differences are shares of `scale`, and 1 at most. Two versions may differ and agree on average: a new one
    that answers the mean of all to everybody is no higher, but far apart.
    """

    scale: float = 1.0  # of the values: how far the middle 90 % of the evaluation targets reach
    expected: float = 0.0  # mean difference on the evaluation rows: the gate saw that
    expected_apart: float = 0.0  # mean difference without its sign
    uncertain: float = 0.0  # of both, as they were seen on some rows only
    asked: int = 0
    total: float = 0.0
    total_apart: float = 0.0
    higher: Bets = Bets()
    lower: Bets = Bets()
    apart: Bets = Bets()
    missing: str = ""

    @classmethod
    def expecting(cls, answers: Iterable[tuple[float, float]], *, scale: float) -> Self:
        """Build it on (new, old) answers to the evaluation rows; none of them: nothing is expected."""
        seen = _shares(answers, scale)
        if not seen:
            return cls(scale=scale)
        apart = [abs(share) for share in seen]
        errors = [_standard_error(values) for values in (seen, apart)]
        return cls(
            scale=scale,
            expected=sum(seen) / len(seen),
            expected_apart=sum(apart) / len(apart),
            uncertain=STANDARD_ERRORS * max(errors),
        )

    def after(self, answers: Iterable[tuple[float, float]], *, tolerance: float) -> Self:
        """Bet on more (new, old) answers, in their order."""
        if self.missing:
            return self
        shares = _shares(answers, self.scale)
        margin = tolerance + self.uncertain
        above = [(share - self.expected) / 2 for share in shares]  # a gain is in -1…1
        beyond = [abs(share) - self.expected_apart for share in shares]
        return msgspec.structs.replace(
            self,
            asked=self.asked + len(shares),
            total=self.total + sum(shares),
            total_apart=self.total_apart + sum(map(abs, shares)),
            higher=self.higher.after([-each for each in above], margin=margin / 2),
            lower=self.lower.after(above, margin=margin / 2),
            apart=self.apart.after([-each for each in beyond], margin=margin),
        )

    def breach(self, *, alpha: float, tolerance: float) -> str:
        """Say how far the values are from those of the version before, and from what was expected."""
        evidence = log_mean([bets.log_wealth for bets in (self.higher, self.lower, self.apart)])
        if self.missing or evidence < math.log(RULES / alpha):
            return ""
        mean, apart = self.scale * self.total / self.asked, self.scale * self.total_apart / self.asked
        within = self.scale * (tolerance + self.uncertain)
        return (
            f"prediction mix: on {self.asked} requests the values are {mean:+.4g} from the version before's "
            f"and {apart:.4g} apart; expected {self.scale * self.expected:+.4g} and "
            f"{self.scale * self.expected_apart:.4g}, each within {within:.4g} "
            f"(evidence {math.exp(min(evidence, 700)):.3g}, bound {RULES / alpha:.3g})"
        )


def _shares(answers: Iterable[tuple[float, float]], scale: float) -> list[float]:
    """The differences as shares; a value that is no finite number is no answer to compare with."""
    finite = [(new, old) for new, old in answers if math.isfinite(new) and math.isfinite(old)]
    return [min(max((new - old) / scale, -1.0), 1.0) for new, old in finite]


def _standard_error(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / max(len(values) - 1, 1)
    return math.sqrt(variance / len(values))
