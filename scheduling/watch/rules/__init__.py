"""The rules of a watch, stored with it as JSON: what was before and since, and whether that is too much."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from predictions.contract.numbers import counted
from scheduling.watch.callers import Callers, SeenRows
from scheduling.watch.rules.base import NO_LABELS, Finding, as_text
from scheduling.watch.rules.failed_requests import ErrorRule
from scheduling.watch.rules.labels import LossRule
from scheduling.watch.rules.latency import LatencyRule
from scheduling.watch.rules.mix import MixRule
from scheduling.watch.rules.values import ValueRule

__all__ = ["ErrorRule", "LatencyRule", "LossRule", "MixRule", "Rules", "ValueRule", "as_text"]
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

    def findings(self, limits: Mapping[str, Any], *, act: bool) -> list[Finding]:
        """What was found that is enough to roll back, or that is not."""
        alpha, mix, trusted = limits["alpha"], limits["mix_tolerance"], limits["anonymous"] == TRUSTED
        found = [
            self.errors.finding(alpha=alpha, trusted=trusted),
            self.latency.finding(alpha=alpha, trusted=trusted),
            self.mix.finding(alpha=alpha, tolerance=mix, trusted=trusted),
            self.values.finding(alpha=alpha, tolerance=mix, trusted=trusted),
            self.labels.finding(alpha=alpha, tolerance=limits["loss_tolerance"]),
        ]
        return [finding for finding in found if finding and finding.acts == act]

    def with_told(self, limits: Mapping[str, Any]) -> Self:
        told = as_text(self.findings(limits, act=False))
        return msgspec.structs.replace(self, told=f"Reported only: {told}" if told else "")

    @property
    def seen(self) -> str:
        blocks = max((rate.blocks for rate in self.latency.sizes.values()), default=0)
        both = self.mix.asked + self.values.asked
        seen = (
            f"Counted: {counted(self.errors.counted.requests, 'request')}, "
            f"response times in {counted(blocks, 'block')} of 5 minutes, "
            f"{counted(both, 'different request')} answered by both versions, "
            f"{counted(self.labels.bets.rows, 'true label')}."
        )
        missing = {
            "failures": self.errors.missing,
            "response times": self.latency.missing,
            "answers": self.values.missing if self.mix.missing == NO_LABELS else self.mix.missing,
            "true labels": self.labels.missing,
        }
        without = "; ".join(f"{name} ({reason})" for name, reason in missing.items() if reason)
        not_compared = f"Not compared: {without}." if without else ""
        return " ".join(filter(None, [seen, not_compared, self.told]))
