"""Whether values are others than those of the version before, to the same requests."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Self

import msgspec
import numpy as np

from scheduling.statistics.watching import Bets, log_mean
from scheduling.watch.rules.base import Finding, found, to_leave_out
from scheduling.watch.rules.thirds import JudgedValue, Third, finite, share_of, standard_error, third_of
from scheduling.watch.voices import VOICES, others

STANDARD_ERRORS = 2.5  # of what is expected, which was seen on some rows only
THIRDS = (1 / 3, 2 / 3)  # of the evaluation rows by the old answer: each is expected to differ in its own way


class ValueRate(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct requests of some voices, and bets on new - old: higher, lower, further apart than expected."""

    asked: int = 0
    total: float = 0.0
    total_apart: float = 0.0
    higher: Bets = Bets()
    lower: Bets = Bets()
    apart: Bets = Bets()

    @property
    def log_evidence(self) -> float:
        """The mean of the three."""
        return log_mean([bets.log_wealth for bets in (self.higher, self.lower, self.apart)])


class ValueRule(msgspec.Struct, frozen=True, kw_only=True):
    """Differences are shares of `scale`, and 1 at most.

    Two versions may differ and agree on average: a new one that answers the mean of all to everybody is no
    higher, but far apart. A difference that is smaller than the gate saw is none.
    """

    scale: float = 1.0  # of the values: how far the middle 90 % of the evaluation targets reach
    edges: list[float] = []  # between the thirds, in old answers
    thirds: list[Third] = []
    uncertain: float = 0.0  # of what is expected
    without: dict[str, ValueRate] = {}  # each of the voices
    voices: dict[str, int] = {}  # distinct requests
    missing: str = ""

    @classmethod
    def expecting(cls, judged: Iterable[JudgedValue], *, scale: float) -> Self:
        """Build it on the answers to the evaluation rows."""
        rows = [row for row in judged if finite(row.new, row.old)]
        if not rows:
            return cls(scale=scale, missing="both versions cannot be asked the same evaluation rows")
        edges = [float(edge) for edge in np.quantile([row.old for row in rows], THIRDS)]
        parts: list[list[JudgedValue]] = [[], [], []]
        for row in rows:
            parts[bisect_right(edges, row.old)].append(row)
        errors = [len(part) * standard_error(part, scale) / len(rows) for part in parts]
        return cls(
            scale=scale,
            edges=edges,
            thirds=[third_of(part, scale) for part in parts],
            uncertain=STANDARD_ERRORS * math.hypot(*errors),
        )

    def after(self, answers: Mapping[str, list[tuple[float, float]]], *, tolerance: float) -> Self:
        """Bet on the (new, old) answers of a block, by voice. What is no finite number is not compared."""
        if self.missing:
            return self
        known = {
            voice: [self._placed(new, old) for new, old in of if finite(new, old)]
            for voice, of in answers.items()
        }
        without = {
            voice: self._with(self.without.get(voice, ValueRate()), rest, tolerance)
            for voice in VOICES
            if (rest := list(chain.from_iterable(known[other] for other in others(voice) if other in known)))
        }
        voices = {voice: self.voices.get(voice, 0) + len(of) for voice, of in known.items()}
        return msgspec.structs.replace(self, without=self.without | without, voices=self.voices | voices)

    def _placed(self, new: float, old: float) -> tuple[float, Third]:
        return share_of(new, old, self.scale), self.thirds[bisect_right(self.edges, old)]

    def _with(self, rate: ValueRate, found: list[tuple[float, Third]], tolerance: float) -> ValueRate:
        """Where the gate saw a gain, or nothing, no difference is one too many."""
        margin = tolerance + self.uncertain
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

    @property
    def asked(self) -> int:
        """Distinct requests of all voices."""
        return sum(self.voices.values())

    def finding(self, *, alpha: float, tolerance: float, trusted: bool) -> Finding | None:
        """Say how far the values are from those of the version before, and to whom."""
        evidence = {voice: self.without.get(voice, ValueRate()).log_evidence for voice in VOICES}
        rate = self.without.get(max(evidence, key=lambda voice: (evidence[voice], voice)), ValueRate())
        if not rate.asked:
            return None
        mean, apart = self.scale * rate.total / rate.asked, self.scale * rate.total_apart / rate.asked
        within = self.scale * (tolerance + self.uncertain)
        sentence = (
            f"prediction mix: on {rate.asked} different requests the values are {mean:+.4g} from the version "
            f"before's and {apart:.4g} apart; at most {within:.4g} more than on the evaluation rows is "
            f"allowed"
        )
        asking = [voice for voice, asked in self.voices.items() if asked]
        return found(sentence, evidence, alpha=alpha, leave_out=to_leave_out(asking, trusted=trusted))
