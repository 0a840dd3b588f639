"""The gate: a pure function from outcomes and a policy to a decision a person can act on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scheduling.evidence.outcomes import Decision, Level, Outcome
from scheduling.evidence.policy import Policy
from scheduling.statistics.comparison.verdict import Verdict


def decide(outcomes: Mapping[str, Outcome], *, required: Iterable[str], policy: Policy) -> Decision:
    """Return the decision; `required` are the ids of the checks that must have answered.

    A failed, errored, skipped or missing blocking check blocks the flip.
    """
    obstacles = [f"{name} did not run" for name in required if name not in outcomes]
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
    return _by_approval(_by_verdict(verdicts[0], policy), policy)


def _by_approval(decision: Decision, policy: Policy) -> Decision:
    """What would flip waits for a person, or is only told of, where the policy says so."""
    if not decision.promotes or policy.approval == "automatic":
        return decision
    if policy.approval == "by_person":
        return replace(decision, kind="awaiting_approval")
    return Decision(kind="would_promote", reason=f"A dry run: nothing was flipped. {decision.reason}")


def _is_obstacle(outcome: Outcome) -> bool:
    """A verdict speaks for itself, "worse" too; one that came with an error does not."""
    if outcome.verdict is None:
        return not outcome.level.lets_by
    return outcome.level in (Level.ERROR, Level.SKIPPED)


def _by_verdict(outcome: Outcome, policy: Policy) -> Decision:
    said = outcome.message
    if outcome.verdict is Verdict.NO_CHAMPION:
        return Decision(kind="promoted", reason=f"The first version: nothing was live. {said}")
    if outcome.verdict is Verdict.IS_LIVE:
        return Decision(kind="kept", reason=said)
    if outcome.verdict is Verdict.BETTER:
        return Decision(kind="promoted", reason=f"Better than the champion. {said}")
    if outcome.verdict is Verdict.NOT_WORSE and policy.promote_when == "not_worse":
        return Decision(kind="promoted", reason=f"Not worse than the champion. {said}")
    if outcome.verdict is Verdict.CANNOT_TELL:
        return Decision(kind="cannot_tell", reason=f"The champion stays: can't tell. {said}")
    return Decision(kind="kept", reason=f"The champion stays: {outcome.verdict}. {said}")
