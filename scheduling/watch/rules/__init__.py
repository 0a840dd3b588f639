"""The rules of a watch, pure: what was before, what was seen since, and whether that is too much.

Each is a value that is stored as JSON with the watch; `breach` returns the sentence for the ledger, empty
where there is nothing to tell. `missing` says why a rule has nothing to judge by.
"""

from __future__ import annotations

import msgspec

from scheduling.watch.rules.failed_requests import ErrorRule
from scheduling.watch.rules.labels import LossRule
from scheduling.watch.rules.latency import LatencyRule
from scheduling.watch.rules.mix import MixRule
from scheduling.watch.rules.values import ValueRule

__all__ = ["ErrorRule", "LatencyRule", "LossRule", "MixRule", "Rules", "ValueRule"]
UNKNOWN = "the watch was opened by a program without this rule"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All of them: the evidence column of a watch."""

    errors: ErrorRule = ErrorRule(missing=UNKNOWN)
    latency: LatencyRule
    mix: MixRule
    values: ValueRule = ValueRule(missing=UNKNOWN)  # the mix of a regression
    labels: LossRule

    @property
    def seen(self) -> str:
        """How much each has to judge by, or why it has nothing."""
        errors = self.errors.missing or f"{self.errors.requests} requests"
        latency = self.latency.missing or f"{self.latency.blocks} blocks"
        mix = f"{self.mix.asked + self.values.asked} requests"
        if self.mix.missing and self.values.missing:
            mix = self.mix.missing
        labels = self.labels.missing or f"{self.labels.rows} labels"
        return f"errors: {errors}; latency: {latency}; prediction mix: {mix}; labels: {labels}"
