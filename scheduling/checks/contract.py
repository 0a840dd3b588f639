"""Whether the candidate, behind the real serving path, keeps the contract of `POST /predict`."""

import math
from collections import Counter
from dataclasses import dataclass

from predictions.contract.numbers import counted
from scheduling.checks.base import Check, RestsOn
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome, of_any_feature
from scheduling.evidence.rehearsed import Rehearsal, Reply

SHOWN = 3
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Contract(Check):
    """Rows are answered in the contract's form, and repeats equally; bad requests get a 400, none a 5xx."""

    id = "contract"
    title = "Does it answer requests as agreed?"
    rests_on = RestsOn.REHEARSAL

    def run(self, evidence: Evidence) -> Outcome:
        played, redacted = evidence.rehearsal, evidence.redacted
        replies = zip(played.rows, played.replies, strict=True)
        broken = {row: (why, reply) for row, reply in replies if (why := _broken(reply, evidence))}
        kinds = Counter(why for why, _ in broken.values()).most_common(SHOWN)
        taken, failed = _accepted(played), _failed(played)
        problems = [f"{count} of {counted(len(played.replies), 'row')}: {why}." for why, count in kinds]
        problems += [
            f"A bad request ({name}) was not refused by a 400 that names the field: {taken[name].status}."
            for name in list(taken)[:SHOWN]
        ]
        for name, reply in list(failed.items())[:SHOWN]:
            why = reply.problem or str(reply.body.get("errorMessage", "")).rstrip(".")
            problems.append(f"A valid request ({name}) got status {reply.status}: {why}.")
        if played.unsteady:
            problems.append(
                f"{counted(played.unsteady, 'repeated request')} got another answer than the first time."
            )
        shown = []
        for row, (why, reply) in list(broken.items())[:SHOWN]:
            said = of_any_feature(f"{reply.words or reply.body}"[:LONGEST], redacted=redacted)
            shown.append({"row": row, "why": why, "said": said})
        bad, unusual, unsteady = len(played.refusals), len(played.unusual), played.unsteady
        sent = {"rows": len(played.replies), "bad_requests": bad, "unusual_requests": unusual}
        found = {"broken": len(broken), "taken": len(taken), "fell_over": len(failed), "unsteady": unsteady}
        return Outcome.judged(
            problems,
            passed=f"Answered correctly: {counted(len(played.replies), 'row')}. "
            f"Refused, as it should be: {counted(bad, 'bad request')}.",
            measured=sent | found,
            limit=dict.fromkeys(found, 0),
            details={
                "broken": shown,
                "taken": sorted(taken),
                "taken_by_champion": sorted(_accepted(played.champion)),
                "fell_over": sorted(failed),
                "champion_fell_over": sorted(_failed(played.champion)),
            },
        )


def _accepted(played: Rehearsal | None) -> dict[str, Reply]:
    """The bad requests that were not refused with a 400 that names the fields."""
    asked = played.refusals if played else {}
    return {name: r for name, r in asked.items() if r.status != 400 or not r.body.get("errorDetails")}


def _failed(played: Rehearsal | None) -> dict[str, Reply]:
    """The unusual requests that were neither answered nor refused."""
    return {name: r for name, r in (played.unusual if played else {}).items() if r.status not in (200, 400)}


def _broken(reply: Reply, evidence: Evidence) -> str:
    """Why a reply is not what the contract promises; empty if it is."""
    spec, candidate = evidence.spec, evidence.candidate
    if reply.status != 200:
        return f"status {reply.status}" + (f" ({reply.problem})" if reply.problem else "")
    if set(reply.body) != {spec.output_name, "model"} or reply.body["model"] != candidate.name:
        return "the body does not have the form that the API promises"
    answer = reply.body[spec.output_name]
    if spec.labels and answer not in spec.labels:
        return "the answer is not a label of the signature"
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
    if not spec.labels and not is_number:
        return "the answer is not a number"
    if reply.version != candidate.label:
        return f"version {reply.version} answered instead of {candidate.label}"
    return ""
