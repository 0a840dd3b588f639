"""The rules of a watch, pure: what was before, what was seen since, and whether that is too much.

Each is a value that is stored as JSON with the watch. `finding` says what it found, and whether that is
enough to roll back; `missing` why it has nothing to judge by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from scheduling.watch.callers import Callers
from scheduling.watch.rules.base import Finding
from scheduling.watch.rules.failed_requests import ErrorRule
from scheduling.watch.rules.labels import LossRule
from scheduling.watch.rules.latency import LatencyRule
from scheduling.watch.rules.mix import MixRule
from scheduling.watch.rules.values import ValueRule
from scheduling.watch.seen_rows import SeenRows

__all__ = ["ErrorRule", "Finding", "LatencyRule", "LossRule", "MixRule", "Rules", "ValueRule"]
TRUSTED = "trusted"  # as `GatePolicy.Anonymous` has it: callers without a token may decide alone


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All of them: the evidence column of a watch. `told` is what they found and is not acted on."""

    errors: ErrorRule
    latency: LatencyRule
    mix: MixRule
    values: ValueRule  # the mix of a regression
    labels: LossRule
    callers: Callers = Callers()
    seen_rows: SeenRows = SeenRows()
    told: str = ""

    def findings(self, limits: Mapping[str, Any]) -> list[Finding]:
        """What each rule found."""
        alpha, mix, trusted = limits["alpha"], limits["mix_tolerance"], _trusts(limits)
        found = [
            self.errors.finding(alpha=alpha, trusted=trusted),
            self.latency.finding(alpha=alpha, trusted=trusted),
            self.mix.finding(alpha=alpha, tolerance=mix, trusted=trusted),
            self.values.finding(alpha=alpha, tolerance=mix, trusted=trusted),
            self.labels.finding(alpha=alpha, tolerance=limits["loss_tolerance"]),
        ]
        return [finding for finding in found if finding]

    def slower_sizes(self, limits: Mapping[str, Any]) -> list[int]:
        """The sizes of requests that got slower and are to be looked into, the surest one first."""
        suspects = self.latency.suspects(alpha=limits["alpha"], trusted=_trusts(limits))
        return [suspect.size for suspect in suspects if suspect.believed]

    def with_told(self, limits: Mapping[str, Any]) -> Self:
        """The same, and what is worth a person's look."""
        told = [found.sentence for found in self.findings(limits) if not found.acts]
        return msgspec.structs.replace(self, told="; ".join(told))

    @property
    def seen(self) -> str:
        """How much each has to judge by, or why it has nothing."""
        errors = self.errors.missing or f"{self.errors.counted.requests} requests"
        blocks = max((rate.blocks for rate in self.latency.sizes.values()), default=0)
        latency = self.latency.missing or f"{blocks} blocks"
        mix = f"{self.mix.asked + self.values.asked} different requests"
        if self.mix.missing and self.values.missing:
            mix = self.mix.missing
        labels = self.labels.missing or f"{self.labels.rows} labels"
        told = f"; {self.told}" if self.told else ""
        return f"errors: {errors}; latency: {latency}; prediction mix: {mix}; labels: {labels}{told}"


def _trusts(limits: Mapping[str, Any]) -> bool:
    return bool(limits["anonymous"] == TRUSTED)
