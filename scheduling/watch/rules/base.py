"""What the rules of a watch share: how much is enough, and that no voice decides alone."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import NamedTuple

from scheduling.watch.voices import ANONYMOUS, GROUPS

RULES = 4  # share alpha: errors, latency, prediction mix, labels
LEAST_REQUESTS = 20  # of a block: a percentile or a share of fewer is chance
NAMES = {ANONYMOUS: "callers without a token"}


class Finding(NamedTuple):
    """What a rule found, and whether it is enough to roll back; else it is only told."""

    sentence: str
    acts: bool


def bound_of(alpha: float) -> float:
    """The evidence that is enough; half of a rule's alpha is for what it is against, which was estimated."""
    return 2 * RULES / alpha


def to_leave_out(asking: Collection[str], *, trusted: bool, sole: str = "") -> Collection[str]:
    """The voices without each of which there has to be enough: those that asked at all.

    Callers without a token whom the policy trusts need not be left out. Nor need a `sole` voice of callers
    with a token whose word our own comparison confirms: then callers without one are, and nobody else.
    """
    if sole:
        return [ANONYMOUS]
    return [voice for voice in asking if not (trusted and voice == ANONYMOUS)] or GROUPS[:1]


def sole_of(known: Collection[str], requests: Mapping[str, int]) -> str:
    """The one voice of callers with a token that asked, before or since; empty where there are more."""
    asking = {*known, *(voice for voice, number in requests.items() if number >= LEAST_REQUESTS)} - {
        ANONYMOUS
    }
    return asking.pop() if len(asking) == 1 else ""


def found(
    sentence: str, without: Mapping[str, float], *, alpha: float, leave_out: Collection[str]
) -> Finding | None:
    """What comes of the log evidence without each of the voices; None where there is nowhere enough.

    Who spoils one voice is not in what is left without it: enough evidence there has a probability of at most
    alpha, whatever one caller does.
    """
    bound = bound_of(alpha)
    if max(without.values(), default=0.0) < math.log(bound):
        return None
    lacking = sorted(NAMES.get(voice, voice) for voice in leave_out if without[voice] < math.log(bound))
    if lacking:
        return Finding(
            f"{sentence} (not acted on: it is not so without {' or without '.join(lacking)})", False
        )
    return Finding(f"{sentence} {in_numbers(min(without[voice] for voice in leave_out), bound)}", True)


def in_numbers(log_evidence: float, bound: float) -> str:
    """Evidence and bound, for people."""
    return f"(evidence {math.exp(min(log_evidence, 700)):.3g}, bound {bound:.3g})"
