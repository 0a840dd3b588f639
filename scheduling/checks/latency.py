"""How long one prediction takes with the candidate, through the real serving path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.redaction import of_any_feature

if TYPE_CHECKING:
    import numpy as np

    from scheduling.evidence.evidence import Evidence

Milliseconds = Annotated[float, Meta(gt=0)]
Ratio = Annotated[float, Meta(ge=1)]
NAMES = ("p50", "p95")
BLOCKS = 5


@dataclass(frozen=True, kw_only=True)
class Latency(Check):
    """p50 and p95 of single-row requests in the rehearsal, in milliseconds, and against the champion's.

    The requests of each are cut into five blocks in the order of asking; a figure is the median over
    the blocks, so that what slows the machine for a moment spoils one block. A ratio is that of the two
    versions in the same block, and counts only where the difference is `least_difference_ms` as well.
    """

    id = "latency"
    rests_on = RestsOn.REHEARSAL
    max_p50_ms: Milliseconds = 50.0
    max_p95_ms: Milliseconds = 100.0
    max_p50_ratio: Ratio = 1.5
    max_p95_ratio: Ratio = 2.0
    least_difference_ms: Milliseconds = 1.0
    max_load_seconds: Annotated[float, Meta(gt=0)] = 10.0

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the percentiles of the evaluation rows' requests with the limits."""
        played = evidence.rehearsal
        champion = played.champion
        ours = percentiles(played.seconds)
        theirs = percentiles(champion.seconds) if champion else None
        problems = self._too_slow(ours, played.load_seconds)
        if theirs is not None:
            problems += self._slower(ours, theirs)
        return Outcome.judged(
            problems,
            passed=_said(ours, theirs, len(played.seconds), played.champion_failed),
            measured=_measured(ours, theirs, len(played.seconds)) | {"load_seconds": played.load_seconds},
            limit=self.limits,
            details={
                "champion_load_seconds": champion and champion.load_seconds,
                "champion_words": of_any_feature(played.champion_words, redacted=evidence.redacted),
            },
        )

    def _too_slow(self, ours: np.ndarray, load_seconds: float) -> list[str]:
        import numpy as np

        limits = (self.max_p50_ms, self.max_p95_ms)
        problems = [
            f"{name} {value:.1f} ms is over {limit:g} ms"
            for name, value, limit in zip(NAMES, np.median(ours, axis=0), limits, strict=True)
            if value > limit
        ]
        if load_seconds > self.max_load_seconds:
            problems.append(f"loading took {load_seconds:.1f} s, over {self.max_load_seconds:g} s")
        return problems

    def _slower(self, ours: np.ndarray, theirs: np.ndarray) -> list[str]:
        import numpy as np

        ratios, differences = np.median(ours / theirs, axis=0), np.median(ours - theirs, axis=0)
        limits = (self.max_p50_ratio, self.max_p95_ratio)
        return [
            f"{name} is {ratio:.1f} times the champion's and {more:.1f} ms more"
            for name, ratio, more, limit in zip(NAMES, ratios, differences, limits, strict=True)
            if ratio > limit and more > self.least_difference_ms
        ]


def percentiles(seconds: list[float]) -> np.ndarray:
    """Return p50 and p95 of each block, in milliseconds: shape (blocks, 2)."""
    import numpy as np

    blocks = np.array_split(1000 * np.asarray(seconds), min(BLOCKS, max(1, len(seconds))))
    return np.array([np.percentile(block, [50, 95]) for block in blocks])


def _measured(ours: np.ndarray, theirs: np.ndarray | None, requests: int) -> dict[str, Any]:
    import numpy as np

    measured: dict[str, Any] = {"requests": requests}
    for i, name in enumerate(NAMES):
        measured[f"{name}_ms"] = float(np.median(ours[:, i]))
        measured[f"champion_{name}_ms"] = None if theirs is None else float(np.median(theirs[:, i]))
        ratio = None if theirs is None else float(np.median(ours[:, i] / theirs[:, i]))
        measured[f"{name}_ratio"] = ratio
    return measured


def _said(ours: np.ndarray, theirs: np.ndarray | None, requests: int, failed: str) -> str:
    import numpy as np

    p50, p95 = np.median(ours, axis=0)
    said = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms over {requests} requests"
    if theirs is None:
        why = f"the champion failed: {failed}" if failed else "there is no other version"
        return f"{said}; not compared, {why}"
    champion = np.median(theirs, axis=0)
    return f"{said}; the champion p50 {champion[0]:.1f} ms, p95 {champion[1]:.1f} ms"
