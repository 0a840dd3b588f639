"""A past run under other limits: what was decided then, what would be decided, and which check turned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Decision, Outcome
from scheduling.judging.gate import decide
from scheduling.judging.inputs import Inputs
from scheduling.models import Run
from scheduling.replay.changes import Changes
from scheduling.replay.files import NotReplayable
from scheduling.replay.replaying import Replay, evidence_of, outcome_of, replay

LETS_BY = ("promoted", "awaiting_approval", "would_promote")
OFF = "not asked"


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A check that says something else now."""

    check: str
    then: str  # its level, and whether it blocks
    now: str
    found: str  # its message now, with the figures


@dataclass(frozen=True, kw_only=True)
class Backtested:
    """One run; where `problem` says why it could not be judged again, nothing else is known."""

    run: Run
    then: Decision | None = None
    now: Decision | None = None
    turned: list[Turned] = field(default_factory=list)
    problem: str = ""

    @property
    def otherwise(self) -> bool:
        """Whether the decision would have been another."""
        return bool(self.then and self.now and self.then.kind != self.now.kind)

    @property
    def promotions(self) -> int:
        """1 where it would let by what it did not, -1 where it would not what it did, else 0."""
        if not (self.then and self.now):
            return 0
        return int(self.now.kind in LETS_BY) - int(self.then.kind in LETS_BY)


def backtest(run: Run, changes: Changes) -> Backtested:
    """Replay the run as it was, then under the changes: only they can make a difference."""
    try:
        replayed = replay(run)
        _refuse_unlike(replayed)
        inputs = changes.applied_to(replayed.record.inputs)
        evidence = _evidence(replayed, inputs, changes)
        outcomes = _outcomes(replayed, inputs, evidence)
    except NotReplayable as error:
        return Backtested(run=run, problem=str(error))
    return Backtested(
        run=run,
        then=replayed.decision,
        now=decide(outcomes, required=inputs.required, policy=inputs.policy),
        turned=_turned(replayed.outcomes, outcomes),
    )


def summary(tested: Sequence[Backtested]) -> str:
    """One line: how many would have come out otherwise, and how many nothing is known of."""
    known = [one for one in tested if not one.problem]
    balance = Counter(one.promotions for one in known)
    fewer = f"{balance[-1]} promotion{'' if balance[-1] == 1 else 's'} fewer"
    said = (
        f"{sum(one.otherwise for one in known)} of {len(known)} decisions would have come out otherwise: "
        f"{fewer}, {balance[1]} more"
    )
    unknown = len(tested) - len(known)
    return f"{said}; {unknown} could not be replayed." if unknown else f"{said}."


def _refuse_unlike(replayed: Replay) -> None:
    """What is not decided as it was, with nothing changed, says nothing of a change."""
    then, now = replayed.record.decision.kind, replayed.decision.kind
    if then != now:
        raise NotReplayable(
            f"With nothing changed it is decided otherwise already ({then} then, {now} now): "
            f"manage.py replay_run {replayed.record.run.pk} says why"
        )


def _evidence(replayed: Replay, inputs: Inputs, changes: Changes) -> Evidence:
    """The same with the other policy; the groups are another reading of the evaluation set."""
    if "group_column" in changes.policy:
        return evidence_of(replayed.record, inputs)
    return replace(replayed.evidence, policy=inputs.policy)


def _outcomes(replayed: Replay, inputs: Inputs, evidence: Evidence) -> dict[str, Outcome]:
    """Ask again what was changed: a check with its old limits, under the old policy, says what it said.

    One whose recorded outcome stands cannot be asked by other limits. Raises `NotReplayable`.
    """
    same_policy = inputs.policy == replayed.record.inputs.policy
    before = {one.check.id: one.check for one in replayed.record.inputs.checks}
    outcomes = {}
    for asked in inputs.checks:
        name, known = asked.check.id, replayed.outcomes.get(asked.check.id)
        if known and same_policy and asked.check == before[name]:
            outcomes[name] = replace(known, blocking=asked.blocking)
            continue
        outcome, why = outcome_of(replayed.record, asked, evidence)
        if why and asked.check != before[name]:
            raise NotReplayable(f"{name} cannot be asked by other limits: {why}")
        if outcome:
            outcomes[name] = outcome
    return outcomes


def _turned(then: dict[str, Outcome], now: dict[str, Outcome]) -> list[Turned]:
    return [
        Turned(
            check=name,
            then=_called(then.get(name)),
            now=_called(now.get(name)),
            found=now[name].message if name in now else "",
        )
        for name in then
        if _called(then.get(name)) != _called(now.get(name))
    ]


def _called(outcome: Outcome | None) -> str:
    """A verdict says more than the level that goes with it."""
    if outcome is None:
        return OFF
    said = str(outcome.verdict or outcome.level.label)
    return said if outcome.blocking else f"{said}, not blocking"
