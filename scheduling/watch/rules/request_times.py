"""Requests by their size and by how long the model took, in blocks, and the rate of blocks that are slow."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self

import msgspec

from predictions.log.request_lines import quantile_us
from scheduling.statistics.watching import upper_bound
from scheduling.watch.rules.base import LEAST_REQUESTS, RULES, BadBlocks

Steps = Mapping[int, int]  # requests, by step of time
Times = Mapping[int, Steps]  # by size
ByVoice = Mapping[str, Times]


class SizeRate(BadBlocks, frozen=True, kw_only=True):
    """Blocks of five minutes whose 95th percentile is over the limit, against the rate of such before."""

    limit_us: float

    @classmethod
    def against(cls, blocks: list[Steps], tolerance: float, alpha: float) -> Self:
        """Build it on the blocks before the flip; the limit is so many times their 95th percentile."""
        limit = tolerance * quantile_us(total(blocks), 0.95)
        bad = sum(quantile_us(steps, 0.95) > limit for steps in blocks)
        return cls(limit_us=limit, bound=upper_bound(bad, len(blocks), alpha / RULES / 2))

    def after(self, steps: Steps) -> Self:
        if sum(steps.values()) < LEAST_REQUESTS:
            return self
        bad = quantile_us(steps, 0.95) > self.limit_us
        return msgspec.structs.replace(self, bad=self.bad + bad, blocks=self.blocks + 1)


def total(parts: Iterable[Steps]) -> Counter[int]:
    """All of them together."""
    steps: Counter[int] = Counter()
    for part in parts:
        steps.update(part)
    return steps


def times_of(block: ByVoice, *, but: str | None = None) -> Times:
    """All voices, or all but one."""
    kept = [times for voice, times in block.items() if voice != but]
    return {size: total(times.get(size, {}) for times in kept) for size in set[int]().union(*kept)}


def rates_of(before: Iterable[Times], tolerance: float, alpha: float) -> dict[str, SizeRate]:
    """Of the sizes of which enough were asked at once."""
    blocks: dict[int, list[Steps]] = {}
    for block in before:
        for size, steps in block.items():
            if sum(steps.values()) >= LEAST_REQUESTS:
                blocks.setdefault(size, []).append(steps)
    return {str(size): SizeRate.against(of, tolerance, alpha) for size, of in sorted(blocks.items())}


def after(rates: Mapping[str, SizeRate], block: Times) -> dict[str, SizeRate]:
    """The rates with one block more."""
    return {size: rate.after(block.get(int(size), {})) for size, rate in rates.items()}
