"""Whether requests of similar sizes are slower than before, and whether the version really is.

What clients see raises a suspicion; both versions, timed in turns on rows that nobody chooses, decide.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

import msgspec

from predictions.log.request_lines import least_rows, quantile_us
from scheduling.statistics.watching import log_evidence, upper_bound
from scheduling.watch.callers import VOICES
from scheduling.watch.rules import base

Steps = Mapping[int, int]  # requests, by step of time
Times = Mapping[int, Steps]  # by size
ByVoice = Mapping[str, Times]


class SizeRate(base.BadBlocks, frozen=True, kw_only=True):
    """Blocks of five minutes whose 95th percentile is over the limit, against the rate of such before."""

    limit_us: float

    @classmethod
    def against(cls, blocks: list[Steps], tolerance: float, alpha: float) -> Self:
        """Build it on the blocks before the flip; the limit is so many times their 95th percentile."""
        limit = tolerance * quantile_us(_total(blocks), 0.95)
        bad = sum(quantile_us(steps, 0.95) > limit for steps in blocks)
        return cls(limit_us=limit, bound=upper_bound(bad, len(blocks), alpha / base.RULES / 2))

    def after(self, steps: Steps) -> Self:
        if sum(steps.values()) < base.LEAST_REQUESTS:
            return self
        bad = quantile_us(steps, 0.95) > self.limit_us
        return msgspec.structs.replace(self, bad=self.bad + bad, blocks=self.blocks + 1)


def _total(parts: Iterable[Steps]) -> Counter[int]:
    return sum(map(Counter, parts), Counter())


def times_of(block: ByVoice, *, but: str | None = None) -> Times:
    """All voices, or all but one."""
    kept = [times for voice, times in block.items() if voice != but]
    return {size: _total(times.get(size, {}) for times in kept) for size in set[int]().union(*kept)}


def _rates_of(before: Iterable[Times], tolerance: float, alpha: float) -> dict[str, SizeRate]:
    """Of the sizes of which enough were asked at once."""
    blocks: dict[int, list[Steps]] = {}
    for block in before:
        for size, steps in block.items():
            if sum(steps.values()) >= base.LEAST_REQUESTS:
                blocks.setdefault(size, []).append(steps)
    return {str(size): SizeRate.against(of, tolerance, alpha) for size, of in sorted(blocks.items())}


def _after(rates: Mapping[str, SizeRate], block: Times) -> dict[str, SizeRate]:
    return {size: rate.after(block.get(int(size), {})) for size, rate in rates.items()}


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
        sizes = _rates_of(map(times_of, before), tolerance, alpha)
        if not sizes:
            why = f"no 5 minutes before the promotion had {base.LEAST_REQUESTS} requests of similar size"
            return cls(missing=why)
        without, known = {}, []
        for voice in VOICES:
            without[voice] = _rates_of([times_of(block, but=voice) for block in before], tolerance, alpha)
            times = _total(steps for block in before for steps in block.get(voice, {}).values())
            if times.total() >= base.LEAST_REQUESTS:
                known.append(voice)
        return cls(sizes=sizes, without=without, known=known)

    def after(self, block: ByVoice) -> Self:
        rest = {voice: _after(rates, times_of(block, but=voice)) for voice, rates in self.without.items()}
        asking = {size: dict(voices) for size, voices in self.asking.items()}
        for voice, times in block.items():
            for size, steps in times.items():
                voices = asking.setdefault(str(size), {})
                voices[voice] = voices.get(voice, 0) + sum(steps.values())
        sizes = _after(self.sizes, times_of(block))
        return msgspec.structs.replace(self, sizes=sizes, without=rest, asking=asking)

    def suspects(self, *, alpha: float, trusted: bool) -> list[Suspect]:
        """The sizes of requests that got slower: those that are believed first, and the surest one first."""
        enough = math.log(base.bound_of(alpha))
        sole = base.sole_of(self.known, sum(map(Counter, self.asking.values()), Counter[str]()))
        found = []
        for size, rate in self.sizes.items():
            leave_out = base.to_leave_out([*self.asking.get(size, {})], trusted=trusted, sole=sole)
            rates = [self.without[voice].get(size) for voice in leave_out]
            everywhere = all(one and one.log_evidence >= enough for one in rates)
            if rate.log_evidence >= enough:
                found.append(Suspect(size == ONE_ROW or everywhere, rate.log_evidence, int(size)))
        return sorted(found, reverse=True)

    def compared(self, *, slower: int, rounds: int) -> Self:
        return msgspec.structs.replace(self, slower=self.slower + slower, rounds=self.rounds + rounds)

    def finding(self, *, alpha: float, trusted: bool) -> base.Finding | None:
        suspects = self.suspects(alpha=alpha, trusted=trusted)
        if not suspects:
            return None
        rate, least = self.sizes[str(suspects[0].size)], least_rows(suspects[0].size)
        rows = "one row" if least == 1 else f"{least} or more rows"
        seen = (
            f"In {rate.bad} of {rate.blocks} blocks of 5 minutes, more than 5 % of the requests with {rows} "
            f"took over {rate.limit_us / 1000:.3g} ms."
        )
        statistics = f"latency: before in at most {100 * rate.bound:.1f} % of the blocks"
        if not suspects[0].believed:
            why = "Too few independent callers send requests of this size."
            return base.Finding(f"requests take longer. {seen} {why}", statistics, False)
        rounds = f"slower in {self.slower} of {self.rounds} rounds"
        evidence = log_evidence(self.slower, self.rounds, SLOW_ROUNDS)
        statistics = f"{statistics} {base.in_numbers(evidence, base.RULES / alpha)}"
        if evidence >= math.log(base.RULES / alpha):
            timed = f"Timed in turns on the same machine, it was {rounds}."
            return base.Finding(f"the new version is slower. {seen} {timed}", statistics, True)
        timed = f"The version is not the cause: timed in turns on the same machine, it was {rounds}."
        return base.Finding(f"requests take longer. {seen} {timed}", statistics, False)
