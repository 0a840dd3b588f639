"""Whether the candidate, behind the real serving path, keeps the contract of `POST /predict`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduling.checks.base import Check
from scheduling.outcomes import Outcome

if TYPE_CHECKING:
    from scheduling.evidence import Evidence
    from scheduling.rehearsal import Reply

SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Contract(Check):
    """Every evaluation row is answered in the contract's form, every bad request with a 400."""

    id = "contract"

    def run(self, evidence: Evidence) -> Outcome:
        """Read the replies of the rehearsal."""
        replies, refusals = evidence.rehearsal.replies, evidence.rehearsal.refusals
        broken = [f"row {i}: {why}" for i, r in enumerate(replies) if (why := _broken(r, evidence))]
        taken = [
            f"{name}: a bad request was answered {reply.status}"
            for name, reply in refusals.items()
            if not _refused(reply)
        ]
        problems = broken[:SHOWN] + taken[:SHOWN]
        return Outcome.judged(
            problems,
            passed=f"{len(replies)} rows answered, {len(refusals)} bad requests refused",
            measured={
                "rows": len(replies),
                "broken": len(broken),
                "bad_requests": len(refusals),
                "taken": len(taken),
            },
            limit={"broken": 0, "taken": 0},
        )


def _broken(reply: Reply, evidence: Evidence) -> str:
    """Why a reply is not what the contract promises; empty where it is."""
    spec, candidate = evidence.spec, evidence.candidate
    if reply.status != 200:
        return f"status {reply.status}, {reply.body}"
    if set(reply.body) != {spec.output_name, "model"} or reply.body["model"] != candidate.name:
        return f"body {reply.body}"
    if spec.labels and reply.body[spec.output_name] not in spec.labels:
        return f"{reply.body[spec.output_name]!r} is not a label"
    if not spec.labels and not _is_number(reply.body[spec.output_name]):
        return f"{reply.body[spec.output_name]!r} is not a number"
    if reply.version != candidate.label:
        return f"computed by version {reply.version}, not {candidate.label}"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refused(reply: Reply) -> bool:
    return reply.status == 400 and bool(reply.body.get("errorDetails"))
