"""The gate: a pure function from outcomes and a policy to a decision a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scheduling.judging.outcomes import Level, Outcome, Verdict


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What one registered model asks of its candidates."""

    required: tuple[str, ...]  # ids of the checks that must have answered
    promote_when: str  # "better" or "not_worse"
    approval: str = "automatic"  # or "by_person", or "never"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of a candidate, and why.

    `promoted`, `kept`, `cannot_tell` or `blocked`; in place of the first `awaiting_approval` where a
    person flips, and `would_promote` where nobody does.
    """

    kind: str
    reason: str

    @property
    def promotes(self) -> bool:
        """Whether the candidate goes live."""
        return self.kind == "promoted"

    @property
    def waits(self) -> bool:
        """Whether a person is asked."""
        return self.kind == "awaiting_approval"


def decide(outcomes: Mapping[str, Outcome], ask: Ask) -> Decision:
    """Return the decision. A failed, errored, skipped or missing blocking check blocks the flip."""
    obstacles = [f"{name} did not run" for name in ask.required if name not in outcomes]
    obstacles += [
        f"{name}: {outcome.level.label}, {outcome.message}"
        for name, outcome in outcomes.items()
        if outcome.blocking and _is_obstacle(outcome)
    ]
    verdicts = [outcome for outcome in outcomes.values() if outcome.verdict is not None]
    if obstacles:
        return Decision(kind="blocked", reason=f"Not flipped. {'. '.join(obstacles)}.")
    if len(verdicts) != 1:
        return Decision(kind="blocked", reason="Not flipped: nothing compared it with the champion.")
    return _by_approval(_by_verdict(verdicts[0], ask), ask)


def _by_approval(decision: Decision, ask: Ask) -> Decision:
    """What would flip waits for a person, or is only told of, where the policy says so."""
    if not decision.promotes or ask.approval == "automatic":
        return decision
    if ask.approval == "by_person":
        return replace(decision, kind="awaiting_approval")
    return Decision(kind="would_promote", reason=f"A dry run: nothing was flipped. {decision.reason}")


def _is_obstacle(outcome: Outcome) -> bool:
    """A verdict speaks for itself, "worse" too; one that came with an error does not."""
    if outcome.verdict is None:
        return not outcome.level.lets_by
    return outcome.level in (Level.ERROR, Level.SKIPPED)


def _by_verdict(outcome: Outcome, ask: Ask) -> Decision:
    said = outcome.message
    if outcome.verdict is Verdict.NO_CHAMPION:
        return Decision(kind="promoted", reason=f"The first version: nothing was live. {said}")
    if outcome.verdict is Verdict.IS_LIVE:
        return Decision(kind="kept", reason=said)
    if outcome.verdict is Verdict.BETTER:
        return Decision(kind="promoted", reason=f"Better than the champion. {said}")
    if outcome.verdict is Verdict.NOT_WORSE and ask.promote_when == "not_worse":
        return Decision(kind="promoted", reason=f"Not worse than the champion. {said}")
    if outcome.verdict is Verdict.CANNOT_TELL:
        return Decision(kind="cannot_tell", reason=f"The champion stays: can't tell. {said}")
    return Decision(kind="kept", reason=f"The champion stays: {outcome.verdict}. {said}")
