"""Whether labels are given in other shares than by the version before, to the same requests."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Self

import msgspec

from scheduling.statistics.watching import log_sign_evidence
from scheduling.watch.rules.base import RULES


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
