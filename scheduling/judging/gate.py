"""The gate: a pure function from outcomes and a policy to a decision that a person can act on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from predictions.contract.numbers import counted
from scheduling.evidence.outcomes import Decision, Level, Outcome
from scheduling.evidence.provenance import Policy
from scheduling.statistics.comparison.verdict import Verdict

PROMOTING = {  # by the policy's `approval`: the decision for a candidate that passes, and its first words
    "automatic": ("promoted", "Promoted"),
    "by_person": ("awaiting_approval", "Passed"),  # still true once somebody has answered
    "never": ("would_promote", "Dry run, not promoted"),
}
KEEPING = ("kept", "cannot_tell")
NOTHING_LIVE = (
    "Nothing is live yet, so predictions are refused with 503. Correct this and start another run, "
    "or promote a version yourself on its page in the admin."
)
WHY = {
    Verdict.NO_CHAMPION: "first version, nothing was live",
    Verdict.IS_LIVE: "this version is live already",
}


def decide(outcomes: Mapping[str, Outcome], *, required: Iterable[str], policy: Policy) -> Decision:
    """Return the decision; `required` are the ids of the checks that must have answered.

    A blocking check that failed, broke, was skipped or is missing prevents the promotion.
    """
    obstacles = {name: " did not run" for name in required if name not in outcomes}
    for name, one in outcomes.items():
        # A verdict counts by itself, "worse" too; one that came with an error does not.
        broke = one.level in (Level.ERROR, Level.SKIPPED) if one.verdict else not one.level.lets_by
        if one.blocking and broke:
            level = "" if one.level is Level.FAIL else f" ({one.level.label})"
            obstacles[name] = f"{level}: {one.message.rstrip('.')}"
    if obstacles:
        obstacles |= {
            name: f": {one.message.rstrip('.')}"
            for name, one in outcomes.items()
            if one.blocking and one.verdict and one.level is Level.FAIL
        }
        causes = {why: [name for name in obstacles if obstacles[name] == why] for why in obstacles.values()}
        told = "; ".join(f"{', '.join(names)}{why}" for why, names in causes.items())
        first = any(outcome.verdict is Verdict.NO_CHAMPION for outcome in outcomes.values())
        remedy = f" {NOTHING_LIVE}" if first else ""
        reports = [one for one in _reported(outcomes).values() if one.level is not Level.SKIPPED]
        failed = _failed(len(obstacles), len(reports))
        return Decision(kind="blocked", reason=f"Blocked: {failed}. {told}.{remedy}")
    verdicts = [outcome for outcome in outcomes.values() if outcome.verdict is not None]
    compared = [outcome for outcome in verdicts if outcome.verdict is not Verdict.NOT_REPRESENTATIVE]
    if len(compared) == 1:
        decision = _by_verdict(compared[0], policy)
        if decision.kind in KEEPING:
            return decision
        if doubt := next((one for one in verdicts if one not in compared and one.blocking), None):
            return Decision(kind="cannot_tell", reason=f"Kept: {doubt.verdict}. {doubt.message}")
        return _with_reports(decision, outcomes)
    why = "Blocked: the candidate was not compared with the live version. Enable evaluation_metrics."
    return Decision(kind="blocked", reason=why)


def _failed(blocking: int, reports: int) -> str:
    """Tell how many failed: as many as the list of the run marks so."""
    if not reports:
        return f"{counted(blocking, 'check')} failed"
    blocks = "1 check that blocks" if blocking == 1 else f"{blocking} checks that block"
    return f"{blocks} failed, and {reports} that only {'reports' if reports == 1 else 'report'}"


def _reported(outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    return {name: one for name, one in outcomes.items() if not (one.blocking or one.level.lets_by)}


def _with_reports(decision: Decision, outcomes: Mapping[str, Outcome]) -> Decision:
    """Add what did not stop the promotion: the first sentence of each check that only reports."""
    found = _reported(outcomes)
    if not found:
        return decision
    told = "; ".join(f"{name}: {one.first_sentence}" for name, one in found.items())
    return replace(decision, reason=f"{decision.reason} Reported only: {told}.")


def _by_verdict(outcome: Outcome, policy: Policy) -> Decision:
    verdict = outcome.verdict or Verdict.CANNOT_TELL
    accepted = {Verdict.NO_CHAMPION, Verdict.BETTER}
    if policy.promote_when != "better":
        accepted.add(Verdict.NOT_WORSE)
    if policy.promote_when == "unless_worse" and outcome.measured.get("tolerated"):
        accepted.add(Verdict.CANNOT_TELL)
    passes = verdict in accepted
    kind, begin = "cannot_tell" if verdict is Verdict.CANNOT_TELL else "kept", "Kept"
    if passes:
        kind, begin = PROMOTING[policy.approval]
    return Decision(kind=kind, reason=f"{begin}: {_why(verdict, outcome, passes)}. {outcome.message}")


def _why(verdict: Verdict, outcome: Outcome, passes: bool) -> str:
    """Return the verdict in words, and what the policy asks beyond it."""
    if verdict is Verdict.CANNOT_TELL and passes:
        return "too close to call, and not worse by more than the policy's margin"
    if verdict is Verdict.CANNOT_TELL and not (outcome.spent or outcome.statistics):
        return "no comparison was possible"
    if verdict is Verdict.NOT_WORSE and not passes:
        if (outcome.measured.get("gain") or {"low": 0})["low"] > 0:
            least = outcome.measured["asked"]["least_gain"]
            return f"better, but the policy asks for a gain of more than {least:.3g}"
        return "not worse, but the policy asks for better"
    return WHY.get(verdict, str(verdict))
