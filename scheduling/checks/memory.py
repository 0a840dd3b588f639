"""How much memory the candidate takes in a worker of the web tier, and against the champion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.outcomes import Outcome

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence

Megabytes = Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, kw_only=True)
class Memory(Check):
    """What the rehearsal's server grew by when it loaded each version, in MB.

    The ratio to the champion counts only where the difference is `least_difference_mb` as well.
    """

    id = "memory"
    rests_on = RestsOn.REHEARSAL
    max_mb: Megabytes = 512.0
    max_ratio: Annotated[float, Meta(ge=1)] = 3.0
    least_difference_mb: Megabytes = 64.0

    def run(self, evidence: Evidence) -> Outcome:
        """Compare with the limits; every worker of the web tier pays this."""
        played = evidence.rehearsal
        champion = played.champion.memory_mb if played.champion else None
        return Outcome.judged(
            self._problems(played.memory_mb, champion),
            passed=f"loading it took {played.memory_mb:.1f} MB, {_against(champion, played.champion_failed)}",
            measured={
                "mb": played.memory_mb,
                "champion_mb": champion,
                "ratio": played.memory_mb / champion if champion and champion > 0 else None,
                "server_mb": played.server_mb,
            },
            limit=self.limits,
        )

    def _problems(self, ours: float, champion: float | None) -> list[str]:
        problems = [f"loading it took {ours:.0f} MB, over {self.max_mb:g} MB"] if ours > self.max_mb else []
        if champion is None or ours - champion <= self.least_difference_mb:
            return problems
        if ours > self.max_ratio * champion:
            problems.append(f"loading it took {ours:.0f} MB, the champion {champion:.0f} MB")
        return problems


def _against(champion: float | None, failed: str) -> str:
    if champion is not None:
        return f"the champion {champion:.1f} MB"
    return f"the champion failed: {failed}" if failed else "there is no other version"
