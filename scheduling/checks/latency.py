"""How long one prediction takes with the candidate, through the real serving path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from scheduling.checks.base import Check
from scheduling.outcomes import Outcome

if TYPE_CHECKING:
    from scheduling.evidence import Evidence

Milliseconds = Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, kw_only=True)
class Latency(Check):
    """p50 and p95 of single-row requests, in milliseconds, measured in the rehearsal."""

    id = "latency"
    max_p50_ms: Milliseconds = 50.0
    max_p95_ms: Milliseconds = 100.0

    def run(self, evidence: Evidence) -> Outcome:
        """Compare the percentiles of the evaluation rows' requests with the limits."""
        import numpy as np

        seconds = [reply.seconds for reply in evidence.rehearsal.replies]
        p50, p95 = (1000 * float(q) for q in np.percentile(seconds, [50, 95]))
        problems = [
            f"{name} {value:.1f} ms is over {limit:g} ms"
            for name, value, limit in (("p50", p50, self.max_p50_ms), ("p95", p95, self.max_p95_ms))
            if value > limit
        ]
        return Outcome.judged(
            problems,
            passed=f"p50 {p50:.1f} ms, p95 {p95:.1f} ms over {len(seconds)} requests",
            measured={"p50_ms": p50, "p95_ms": p95, "requests": len(seconds)},
            limit=self.limits,
            details={"load_seconds": evidence.rehearsal.load_seconds},
        )
