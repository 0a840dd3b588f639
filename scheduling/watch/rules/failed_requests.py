"""Whether more requests fail than before, in blocks of time, so that one outage counts once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Self

import msgspec

from scheduling.statistics.watching import chance_of_as_many, log_evidence, rate_is_breached, upper_bound
from scheduling.watch.rules.base import LEAST_REQUESTS, RULES

BY_CHANCE = 0.01  # so seldom has a block by chance as many failures as make it bad
Counted = tuple[int, int]  # requests that failed, and all


class ErrorRule(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks in which more requests failed than the limit explains, against the rate of such before.

    Five minutes with few requests are put together with the next: 20 make a block.
    """

    limit: float = 0.0  # share of the requests
    bound: float = 1.0
    bad: int = 0
    blocks: int = 0
    failed: int = 0
    requests: int = 0
    waiting: Counted = (0, 0)  # of five minutes that are no block yet
    missing: str = ""

    @classmethod
    def against(cls, before: Iterable[Counted], *, tolerance: float, alpha: float) -> Self:
        """Build it on what was counted before the flip; the limit is the share then, and the tolerance."""
        blocks, _ = _blocks_of(before)
        if not blocks:
            return cls(missing=f"fewer than {LEAST_REQUESTS} requests were counted before the flip")
        failed, requests = (sum(column) for column in zip(*blocks, strict=True))
        limit = failed / requests + tolerance
        bad = sum(_is_bad(block, limit) for block in blocks)
        return cls(limit=limit, bound=upper_bound(bad, len(blocks), alpha / RULES / 2))

    def after(self, counted: Counted) -> Self:
        """Count five minutes more."""
        if self.missing:
            return self
        blocks, waiting = _blocks_of([self.waiting, counted])
        return msgspec.structs.replace(
            self,
            bad=self.bad + sum(_is_bad(block, self.limit) for block in blocks),
            blocks=self.blocks + len(blocks),
            failed=self.failed + counted[0],
            requests=self.requests + counted[1],
            waiting=waiting,
        )

    def breach(self, *, alpha: float) -> str:
        """Say how much failed and against which bound."""
        if not rate_is_breached(self.bad, self.blocks, self.bound, alpha / RULES):
            return ""
        evidence = math.exp(min(log_evidence(self.bad, self.blocks, self.bound), 700))
        return (
            f"errors: {self.failed} of {self.requests} requests failed, and in {self.bad} of {self.blocks} "
            f"blocks of 5 minutes more than {self.limit:.1%} of them; before it was in at most "
            f"{self.bound:.3f} of the blocks (evidence {evidence:.3g}, bound {2 * RULES / alpha:.3g})"
        )


def _blocks_of(counted: Iterable[Counted]) -> tuple[list[Counted], Counted]:
    """Return blocks with enough requests, and what is left over."""
    blocks, failed, requests = [], 0, 0
    for more_failed, more in counted:
        failed, requests = failed + more_failed, requests + more
        if requests >= LEAST_REQUESTS:
            blocks.append((failed, requests))
            failed = requests = 0
    return blocks, (failed, requests)


def _is_bad(block: Counted, limit: float) -> bool:
    failed, requests = block
    return failed > 0 and chance_of_as_many(failed, requests, limit) <= BY_CHANCE
