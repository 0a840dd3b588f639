"""How much memory the candidate takes in a worker of the web tier, and against the champion."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from scheduling.checks.base import Check, RestsOn
from scheduling.checks.latency import not_compared
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome

Megabytes = Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, kw_only=True)
class Memory(Check):
    """By how many MB the rehearsal's server grew for each version; the ratio needs the least difference."""

    id = "memory"
    rests_on = RestsOn.REHEARSAL
    max_mb: Megabytes = 512.0
    max_ratio: Annotated[float, Meta(ge=1)] = 3.0
    least_difference_mb: Megabytes = 64.0

    def run(self, evidence: Evidence) -> Outcome:
        played = evidence.rehearsal
        ours, champion = played.memory_mb, played.champion.memory_mb if played.champion else None
        problems = []
        if ours > self.max_mb:
            problems.append(f"Loading took {ours:.0f} MB (allowed: {self.max_mb:g} MB).")
        against = not_compared(played.champion_failed)
        if champion is not None:
            against = f"The champion took {champion:.1f} MB."
            if ours - champion > self.least_difference_mb and ours > self.max_ratio * champion:
                allowed = f"the champion {champion:.0f} MB (allowed: {self.max_ratio:g} times as much)"
                problems.append(f"Loading took {ours:.0f} MB, {allowed}.")
        ratio = ours / champion if champion and champion > 0 else None
        return Outcome.judged(
            problems,
            passed=f"Loading took {ours:.1f} MB. {against}",
            measured={"mb": ours, "champion_mb": champion, "ratio": ratio, "server_mb": played.server_mb},
        )
