"""Whether requests of like sizes are slower than before, and whether the version really is.

What clients see depends on what others ask at the same moment. So it raises a suspicion only; what decides is
both versions timed in turns on the same machine, on rows that nobody outside can choose.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, Self

import msgspec

from predictions.log.request_lines import least_rows
from scheduling.statistics.watching import log_evidence
from scheduling.watch.rules.base import (
    LEAST_REQUESTS,
    RULES,
    Finding,
    bound_of,
    in_numbers,
    sole_of,
    to_leave_out,
)
from scheduling.watch.rules.request_times import (
    ByVoice,
    SizeRate,
    after,
    rates_of,
    requests_of,
    together,
    without,
)
from scheduling.watch.voices import VOICES

ONE_ROW = "1"
SLOW_ROUNDS = 0.5  # the share of rounds that an equal version is slower in, at most


class Suspect(NamedTuple):
    """A size of requests that got slower, and whether enough voices see it."""

    believed: bool
    log_evidence: float
    size: int


class LatencyRule(msgspec.Struct, frozen=True, kw_only=True):
    """By size of the request (1: one row, 2: two or three, n: less than 2^n); and our own comparison.

    Everybody asks for one row, so there any voice may raise a suspicion. How many rows larger requests have,
    their callers choose: there it has to be so without each of the voices.
    """

    sizes: dict[str, SizeRate] = {}
    without: dict[str, dict[str, SizeRate]] = {}  # each of the voices
    asking: dict[str, dict[str, int]] = {}  # requests since the flip, by size and voice
    known: list[str] = []  # voices that asked before
    rounds: int = 0  # of both versions in turns
    slower: int = 0  # in how many the new one took longer than the tolerance allows
    missing: str = ""

    @classmethod
    def against(cls, before: Sequence[ByVoice], *, tolerance: float, alpha: float) -> Self:
        """Build it on the blocks before the flip."""
        sizes = rates_of(map(together, before), tolerance, alpha)
        if not sizes:
            return cls(missing=f"no five minutes with {LEAST_REQUESTS} requests of like size before the flip")
        rest = {
            voice: rates_of([without(block, voice) for block in before], tolerance, alpha) for voice in VOICES
        }
        asked = {voice: sum(map(requests_of, (b[voice] for b in before if voice in b))) for voice in VOICES}
        known = [voice for voice, number in asked.items() if number >= LEAST_REQUESTS]
        return cls(sizes=sizes, without=rest, known=known)

    def after(self, block: ByVoice) -> Self:
        """Count one more block, by voice."""
        rest = {voice: after(rates, without(block, voice)) for voice, rates in self.without.items()}
        asking = {size: dict(voices) for size, voices in self.asking.items()}
        for voice, times in block.items():
            for size, steps in times.items():
                voices = asking.setdefault(str(size), {})
                voices[voice] = voices.get(voice, 0) + sum(steps.values())
        sizes = after(self.sizes, together(block))
        return msgspec.structs.replace(self, sizes=sizes, without=rest, asking=asking)

    def suspects(self, *, alpha: float, trusted: bool) -> list[Suspect]:
        """The sizes of requests that got slower: those that are believed first, and the surest one first."""
        found = [
            Suspect(self._is_believed(size, alpha, trusted), rate.log_evidence, int(size))
            for size, rate in self.sizes.items()
            if rate.log_evidence >= math.log(bound_of(alpha))
        ]
        return sorted(found, reverse=True)

    def _is_believed(self, size: str, alpha: float, trusted: bool) -> bool:
        """Whether it is so whoever is left out."""
        if size == ONE_ROW:
            return True
        total: Counter[str] = Counter()
        for voices in self.asking.values():
            total.update(voices)
        leave_out = to_leave_out(
            [*self.asking.get(size, {})], trusted=trusted, sole=sole_of(self.known, total)
        )
        rates = [self.without[voice].get(size) for voice in leave_out]
        return all(rate and rate.log_evidence >= math.log(bound_of(alpha)) for rate in rates)

    def compared(self, *, slower: int, rounds: int) -> Self:
        """Add rounds of our own comparison."""
        return msgspec.structs.replace(self, slower=self.slower + slower, rounds=self.rounds + rounds)

    def finding(self, *, alpha: float, trusted: bool) -> Finding | None:
        """Say what got slower and against which bound; it is enough where our own comparison confirms it."""
        suspects = self.suspects(alpha=alpha, trusted=trusted)
        if not suspects:
            return None
        rate, rows = self.sizes[str(suspects[0].size)], least_rows(suspects[0].size)
        sentence = (
            f"latency: in {rate.bad} of {rate.blocks} blocks of 5 minutes the 95th percentile of requests "
            f"of {rows} rows or more was over {rate.limit_us:.0f} µs, before in at most {rate.bound:.3f} of "
            f"them"
        )
        if not suspects[0].believed:
            return Finding(f"{sentence} (not acted on: one voice alone asks for so many rows)", False)
        evidence = log_evidence(self.slower, self.rounds, SLOW_ROUNDS)
        acts = evidence >= math.log(RULES / alpha)
        return Finding(
            f"{sentence}; asked in turns the new version took too long in {self.slower} of {self.rounds} "
            f"rounds "
            + (in_numbers(evidence, RULES / alpha) if acts else "(not acted on: it is not the version)"),
            acts,
        )
