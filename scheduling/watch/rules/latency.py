"""Whether requests of like sizes are slower than before, and whether the version really is.

What clients see depends on what others ask at the same moment. So it raises a suspicion only; what decides is
both versions timed in turns on the same machine, on rows that nobody outside can choose.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self

import msgspec

from predictions.log.latency_bins import least_rows, quantile_us
from scheduling.statistics.watching import log_evidence, rate_is_breached, upper_bound
from scheduling.watch.rules.base import LEAST_REQUESTS, RULES, Finding

Times = Mapping[int, Mapping[int, int]]  # requests, by size and by step of time
SLOW_ROUNDS = 0.5  # the share of rounds that an equal version is slower in, at most


class SizeRate(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks of five minutes whose 95th percentile is over the limit, against the rate of such before."""

    limit_us: float
    bound: float
    bad: int = 0
    blocks: int = 0

    def after(self, steps: Mapping[int, int]) -> Self:
        """Count one more block; one with few requests says nothing."""
        if sum(steps.values()) < LEAST_REQUESTS:
            return self
        bad = quantile_us(steps, 0.95) > self.limit_us
        return msgspec.structs.replace(self, bad=self.bad + bad, blocks=self.blocks + 1)


class LatencyRule(msgspec.Struct, frozen=True, kw_only=True):
    """By size of the request (1: one row, 2: two or three, n: less than 2^n), and our own comparison."""

    sizes: dict[str, SizeRate] = {}
    rounds: int = 0  # of both versions in turns
    slower: int = 0  # in how many the new one took longer than the tolerance allows
    missing: str = ""

    @classmethod
    def against(cls, before: Iterable[Times], *, tolerance: float, alpha: float) -> Self:
        """Build it on the blocks before the flip."""
        blocks: dict[int, list[Mapping[int, int]]] = {}
        for block in before:
            for size, steps in block.items():
                if sum(steps.values()) >= LEAST_REQUESTS:
                    blocks.setdefault(size, []).append(steps)
        if not blocks:
            return cls(missing=f"no five minutes with {LEAST_REQUESTS} requests of like size before the flip")
        return cls(sizes={str(size): _rate(of, tolerance, alpha) for size, of in sorted(blocks.items())})

    def after(self, block: Times) -> Self:
        """Count one more block."""
        sizes = {size: rate.after(block.get(int(size), {})) for size, rate in self.sizes.items()}
        return msgspec.structs.replace(self, sizes=sizes)

    def suspect(self, *, alpha: float) -> int | None:
        """The size of requests that got slower, the surest one; None where none did."""
        found = [
            (log_evidence(rate.bad, rate.blocks, rate.bound), int(size))
            for size, rate in self.sizes.items()
            if rate_is_breached(rate.bad, rate.blocks, rate.bound, alpha / RULES)
        ]
        return max(found)[1] if found else None

    def compared(self, *, slower: int, rounds: int) -> Self:
        """Add rounds of our own comparison."""
        return msgspec.structs.replace(self, slower=self.slower + slower, rounds=self.rounds + rounds)

    def finding(self, *, alpha: float) -> Finding | None:
        """Say what got slower and against which bound; it is enough where our own comparison confirms it."""
        size = self.suspect(alpha=alpha)
        if size is None:
            return None
        rate = self.sizes[str(size)]
        evidence = log_evidence(self.slower, self.rounds, SLOW_ROUNDS)
        acts = evidence >= math.log(RULES / alpha)
        return Finding(
            f"latency: in {rate.bad} of {rate.blocks} blocks of 5 minutes the 95th percentile of requests "
            f"of {least_rows(size)} rows or more was over {rate.limit_us:.0f} µs, before it was in at most "
            f"{rate.bound:.3f} of them; asked in turns the new version took too long in {self.slower} of "
            f"{self.rounds} rounds (evidence {math.exp(min(evidence, 700)):.3g}, bound {RULES / alpha:.3g})"
            + ("" if acts else ": it is not the version that is slow"),
            acts,
        )


def _rate(blocks: list[Mapping[int, int]], tolerance: float, alpha: float) -> SizeRate:
    together: Counter[int] = Counter()
    for steps in blocks:
        together.update(steps)
    limit = tolerance * quantile_us(together, 0.95)
    bad = sum(quantile_us(steps, 0.95) > limit for steps in blocks)
    return SizeRate(limit_us=limit, bound=upper_bound(bad, len(blocks), alpha / RULES / 2))
