"""Whether five minutes are slow more often than before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import msgspec
import numpy as np

from scheduling.statistics.watching import log_evidence, rate_is_breached, upper_bound
from scheduling.watch.rules.base import LEAST_REQUESTS, RULES


class LatencyRule(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks of five minutes whose 95th percentile is over the limit, against the rate of such before."""

    limit_us: float = 0.0
    bound: float = 1.0
    bad: int = 0
    blocks: int = 0
    missing: str = ""

    @classmethod
    def against(cls, before: Sequence[Sequence[int]], *, tolerance: float, alpha: float) -> Self:
        """Build it on the latencies of the blocks before the flip, in microseconds."""
        blocks = [block for block in before if len(block) >= LEAST_REQUESTS]
        if not blocks:
            return cls(missing=f"no five minutes with {LEAST_REQUESTS} predictions before the flip")
        limit = tolerance * float(np.quantile(np.concatenate(blocks), 0.95))
        bad = sum(_p95(block) > limit for block in blocks)
        return cls(limit_us=limit, bound=upper_bound(bad, len(blocks), alpha / RULES / 2))

    def after(self, block: Sequence[int]) -> Self:
        """Count one more block; one with few predictions says nothing."""
        if self.missing or len(block) < LEAST_REQUESTS:
            return self
        bad = self.bad + (_p95(block) > self.limit_us)
        return msgspec.structs.replace(self, bad=bad, blocks=self.blocks + 1)

    def breach(self, *, alpha: float) -> str:
        """Say what got worse, by how much and against which bound."""
        if not rate_is_breached(self.bad, self.blocks, self.bound, alpha / RULES):
            return ""
        evidence = math.exp(log_evidence(self.bad, self.blocks, self.bound))
        return (
            f"latency: in {self.bad} of {self.blocks} blocks of 5 minutes the 95th percentile was over "
            f"{self.limit_us:.0f} µs; before it was in at most {self.bound:.3f} of them "
            f"(evidence {evidence:.3g}, bound {2 * RULES / alpha:.3g})"
        )


def _p95(block: Sequence[int]) -> float:
    return float(np.quantile(block, 0.95))
