"""Whether the candidate, behind the real serving path, keeps the contract of `POST /predict`."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence.redaction import of_any_feature

if TYPE_CHECKING:
    from scheduling.evidence.evidence import Evidence
    from scheduling.evidence.rehearsed import Rehearsal, Reply

SHOWN = 3
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Contract(Check):
    """Rows are answered in the contract's form, every time alike; bad requests get a 400, none a 5xx."""

    id = "contract"
    rests_on = RestsOn.REHEARSAL

    def run(self, evidence: Evidence) -> Outcome:
        """Read the replies of the rehearsal."""
        played = evidence.rehearsal
        broken = {
            row: (why, reply)
            for row, reply in zip(played.rows, played.replies, strict=True)
            if (why := _broken(reply, evidence))
        }
        kinds = Counter(why for why, _ in broken.values()).most_common(SHOWN)
        wrong = [f"{count} of {len(played.replies)} rows: {why}" for why, count in kinds]
        taken = [f"{name}: a bad request was answered {r.status}" for name, r in _taken(played).items()]
        fell = [f"{name}: status {r.status} {_why(r)}" for name, r in _fell_over(played).items()]
        unsteady = [f"{played.unsteady} repeated requests were answered otherwise"] if played.unsteady else []
        return Outcome.judged(
            wrong + taken[:SHOWN] + fell[:SHOWN] + unsteady,
            passed=f"{len(played.replies)} rows answered, {len(played.refusals)} bad requests refused",
            measured={
                "rows": len(played.replies),
                "broken": len(broken),
                "bad_requests": len(played.refusals),
                "taken": len(taken),
                "unusual_requests": len(played.unusual),
                "fell_over": len(fell),
                "unsteady": played.unsteady,
            },
            limit={"broken": 0, "taken": 0, "fell_over": 0, "unsteady": 0},
            details={
                "broken": _shown(broken, evidence.redacted),
                "taken": sorted(_taken(played)),
                "taken_by_champion": sorted(_taken(played.champion)),
                "fell_over": sorted(_fell_over(played)),
                "champion_fell_over": sorted(_fell_over(played.champion)),
            },
        )


def _taken(played: Rehearsal | None) -> dict[str, Reply]:
    """The bad requests that were not refused."""
    return {name: r for name, r in (played.refusals if played else {}).items() if not _refused(r)}


def _fell_over(played: Rehearsal | None) -> dict[str, Reply]:
    """The unusual requests that were neither answered nor refused."""
    return {name: r for name, r in (played.unusual if played else {}).items() if r.status not in (200, 400)}


def _why(reply: Reply) -> str:
    """What a reply says of its failure."""
    return reply.problem or str(reply.body.get("errorMessage", ""))


def _shown(broken: dict[int, tuple[str, Reply]], redacted: frozenset[str]) -> list[dict[str, Any]]:
    """The first rows, with what came back."""
    return [
        {
            "row": row,
            "why": why,
            "said": of_any_feature(f"{reply.words or reply.body}"[:LONGEST], redacted=redacted),
        }
        for row, (why, reply) in list(broken.items())[:SHOWN]
    ]


def _broken(reply: Reply, evidence: Evidence) -> str:
    """Why a reply is not what the contract promises; empty where it is."""
    spec, candidate = evidence.spec, evidence.candidate
    if reply.status != 200:
        return f"status {reply.status}" + (f", {reply.problem}" if reply.problem else "")
    if set(reply.body) != {spec.output_name, "model"} or reply.body["model"] != candidate.name:
        return "another body than the contract's"
    if spec.labels and reply.body[spec.output_name] not in spec.labels:
        return "the answer is not a label"
    if not spec.labels and not _is_number(reply.body[spec.output_name]):
        return "the answer is not a number"
    if reply.version != candidate.label:
        return f"computed by version {reply.version}, not {candidate.label}"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _refused(reply: Reply) -> bool:
    return reply.status == 400 and bool(reply.body.get("errorDetails"))
