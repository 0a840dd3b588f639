"""The rules of a watch, pure: what was before, what was seen since, and whether that is too much.

Each is a value that is stored as JSON with the watch; `breach` returns the sentence for the ledger, empty
where there is nothing to tell. `missing` says why a rule has nothing to judge by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Self

import msgspec
import numpy as np

from scheduling.statistics.watching import (
    Bets,
    log_evidence,
    log_sign_evidence,
    rate_is_breached,
    upper_bound,
)

RULES = 3  # share alpha
LEAST_REQUESTS = 20  # of a block: a percentile of fewer is chance


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


class MixRule(msgspec.Struct, frozen=True, kw_only=True):
    """The labels of the new version and of the one before, on the same requests."""

    gained: dict[str, int] = {}
    lost: dict[str, int] = {}
    expected: dict[str, float] = {}  # net share gained on the evaluation rows: the gate saw that
    asked: int = 0
    missing: str = ""

    def after(self, answers: Iterable[tuple[str, str]]) -> Self:
        """Count (new, old) answers; all labels are keys from the start."""
        gained, lost, asked = dict(self.gained), dict(self.lost), self.asked
        for new, old in answers:
            asked += 1
            if new != old:
                gained[new] = gained.get(new, 0) + 1
                lost[old] = lost.get(old, 0) + 1
        return msgspec.structs.replace(self, gained=gained, lost=lost, asked=asked)

    def shifts(self) -> dict[str, float]:
        """The net share that each label has gained."""
        return {
            label: (self.gained[label] - self.lost.get(label, 0)) / max(self.asked, 1)
            for label in self.gained
        }

    def breach(self, *, alpha: float, tolerance: float) -> str:
        """Say which label's share moved: significantly, and by more than the tolerance."""
        evidence = log_sign_evidence(self.gained, self.lost)
        if self.missing or evidence < math.log(RULES / alpha):
            return ""
        shifts = self.shifts()
        label = max(shifts, key=lambda each: (abs(shifts[each] - self.expected.get(each, 0.0)), shifts[each]))
        expected = self.expected.get(label, 0.0)
        if abs(shifts[label] - expected) < tolerance:
            return ""
        return (
            f"prediction mix: on {self.asked} requests the share of {label} is {shifts[label]:+.3f} from the "
            f"version before's; expected {expected:+.3f} within {tolerance:.3f} "
            f"(evidence {math.exp(min(evidence, 700)):.3g}, bound {RULES / alpha:.3g})"
        )


class LossRule(msgspec.Struct, frozen=True, kw_only=True):
    """Losses of both versions on the requests whose true label has arrived."""

    rows: int = 0
    log_wealth: float = 0.0
    mean: float = 0.0
    squares: float = 0.05
    total_gain: float = 0.0
    scale: float = 1.0  # of a regression: an error so large is a loss of 1
    missing: str = ""

    def after(self, gains: Sequence[float], *, tolerance: float) -> Self:
        """Bet on more gains, old loss less new loss, in the order in which the labels arrived."""
        bets = Bets(rows=self.rows, log_wealth=self.log_wealth, mean=self.mean, squares=self.squares)
        bets = bets.after(gains, margin=tolerance)
        return msgspec.structs.replace(
            self, rows=bets.rows, log_wealth=bets.log_wealth, mean=bets.mean, squares=bets.squares,
            total_gain=self.total_gain + sum(gains),
        )  # fmt: skip

    def breach(self, *, alpha: float, tolerance: float) -> str:
        """Say by how much the loss is above the one of the version before."""
        if self.log_wealth < math.log(RULES / alpha):
            return ""
        return (
            f"labels: on {self.rows} labelled requests the mean loss is {-self.total_gain / self.rows:+.4f} "
            f"from the version before's; at most {tolerance:+.4f} is allowed "
            f"(evidence {math.exp(min(self.log_wealth, 700)):.3g}, bound {RULES / alpha:.3g})"
        )


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All of them: the evidence column of a watch."""

    latency: LatencyRule
    mix: MixRule
    labels: LossRule

    @property
    def seen(self) -> str:
        """How much each has to judge by, or why it has nothing."""
        latency = self.latency.missing or f"{self.latency.blocks} blocks"
        mix = self.mix.missing or f"{self.mix.asked} requests"
        labels = self.labels.missing or f"{self.labels.rows} labels"
        return f"latency: {latency}; prediction mix: {mix}; labels: {labels}"
