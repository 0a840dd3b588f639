"""Requests by their size and by how long the model took, in blocks, and the rate of blocks that are slow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self

import msgspec

from predictions.log.request_lines import quantile_us
from scheduling.statistics.watching import log_evidence, upper_bound
from scheduling.watch.rules.base import LEAST_REQUESTS, RULES
from scheduling.watch.voices import others

Times = Mapping[int, Mapping[int, int]]  # requests, by size and by step of time
ByVoice = Mapping[str, Times]


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

    @property
    def log_evidence(self) -> float:
        """Against "slow blocks are no more frequent than before"."""
        return log_evidence(self.bad, self.blocks, self.bound)


def requests_of(times: Times) -> int:
    """Of all sizes."""
    return sum(sum(steps.values()) for steps in times.values())


def together(block: ByVoice) -> Times:
    """All voices."""
    return _sum(block.values())


def without(block: ByVoice, voice: str) -> Times:
    """All voices but one."""
    return _sum(block[other] for other in others(voice) if other in block)


def _sum(parts: Iterable[Times]) -> Times:
    times: dict[int, Counter[int]] = {}
    for part in parts:
        for size, steps in part.items():
            times.setdefault(size, Counter()).update(steps)
    return times


def rates_of(before: Iterable[Times], tolerance: float, alpha: float) -> dict[str, SizeRate]:
    """Of the sizes of which enough were asked at once."""
    blocks: dict[int, list[Mapping[int, int]]] = {}
    for block in before:
        for size, steps in block.items():
            if sum(steps.values()) >= LEAST_REQUESTS:
                blocks.setdefault(size, []).append(steps)
    return {str(size): _rate(of, tolerance, alpha) for size, of in sorted(blocks.items())}


def after(rates: Mapping[str, SizeRate], block: Times) -> dict[str, SizeRate]:
    """The rates with one block more."""
    return {size: rate.after(block.get(int(size), {})) for size, rate in rates.items()}


def _rate(blocks: list[Mapping[int, int]], tolerance: float, alpha: float) -> SizeRate:
    together: Counter[int] = Counter()
    for steps in blocks:
        together.update(steps)
    limit = tolerance * quantile_us(together, 0.95)
    bad = sum(quantile_us(steps, 0.95) > limit for steps in blocks)
    return SizeRate(limit_us=limit, bound=upper_bound(bad, len(blocks), alpha / RULES / 2))
