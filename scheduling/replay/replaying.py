"""A finished run, judged again by its record: what each check finds now, and whether that has changed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from predictions.contract.error_texts import is_ours, public_text
from predictions.registry.datasets import Tables
from scheduling.checks.base import InForce, RestsOn
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Decision, Level, Outcome
from scheduling.judging.gate import decide
from scheduling.judging.gathering import gather
from scheduling.judging.inputs import Inputs
from scheduling.judging.judge import ask
from scheduling.models import Run
from scheduling.replay.differences import ABSENT, Compared, Difference, compare
from scheduling.replay.guards import NotReplayable
from scheduling.replay.record import Record, record_of
from scheduling.statistics.comparison.verdict import Verdict


class How(StrEnum):
    """Where an outcome of a replay comes from."""

    REPLAYED = "replayed"
    JUDGED_AGAIN = "judged again on what the rehearsal measured then"
    ON_RECORD = "taken from the record"  # that moment cannot be repeated
    NOT_REPLAYABLE = "not replayable"  # what it needs is gone, so the recorded outcome stands


@dataclass(frozen=True, kw_only=True)
class ReplayedCheck:
    """One check: how its outcome was found, why it was not replayed, and how it compares."""

    id: str
    how: How
    why: str
    outcome: Outcome | None  # None where nothing is recorded that could stand for it
    compared: Compared = field(default_factory=Compared)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A run's decision, computed again. `outcomes` lacks the checks that have none."""

    record: Record
    evidence: Evidence
    checks: list[ReplayedCheck]
    outcomes: dict[str, Outcome]
    decision: Decision

    @property
    def differences(self) -> list[Difference]:
        """All that has changed, the decision first."""
        changed = []
        for name, then in asdict(self.record.decision).items():
            if then != (now := getattr(self.decision, name)):
                changed.append(Difference(check="decision", figure=name, stored=then, recomputed=now))
        asked = {check.id for check in self.checks}
        for name, result in self.record.outcomes.items():
            if name not in asked:
                level = result.level
                changed.append(Difference(check=name, figure="outcome", stored=level, recomputed=ABSENT))
        return changed + [one for check in self.checks for one in check.compared.differences]

    @property
    def figures(self) -> int:
        return sum(check.compared.figures for check in self.checks)


def replay(run: Run) -> Replay:
    """Judge the run again by its record. Raises `NotReplayable`."""
    record = record_of(run)
    inputs = record.inputs
    evidence = evidence_of(record, inputs)
    checks = [_replayed(record, asked, evidence) for asked in inputs.checks]
    outcomes = {check.id: check.outcome for check in checks if check.outcome is not None}
    decision = decide(outcomes, required=inputs.required, policy=inputs.policy)
    return Replay(record=record, evidence=evidence, checks=checks, outcomes=outcomes, decision=decision)


def evidence_of(record: Record, inputs: Inputs) -> Evidence:
    """Gather the evidence again. Raises `NotReplayable`, also where changed libraries cause an error."""
    try:
        return gather(inputs, Tables())
    except Exception as error:
        if not (is_ours(error) or record.changed):
            raise
        foreign = public_text(error) if record.inputs.redacted else f"{type(error).__name__}: {error}"
        said = str(error) if is_ours(error) else foreign
        because = f". A possible cause: {'; '.join(record.changed)}" if record.changed else ""
        raise NotReplayable(f"{said}{because}") from error


def outcome_of(record: Record, asked: InForce, evidence: Evidence) -> tuple[Outcome | None, str]:
    """Return what a check finds now; where what it rests on is gone, the recorded outcome, and why."""
    why = record.gone.get(asked.check.rests_on, "")
    if not why:
        return _as_stored(ask(asked, evidence)), ""
    stored = record.outcomes.get(asked.check.id)
    if stored is None:
        return None, why
    names = ("message", "statistics", "measured", "limit", "details", "seconds")
    columns: Mapping[str, Any] = {name: getattr(stored, name) for name in names}
    if verdict := stored.details.get("verdict"):
        columns = {**columns, "verdict": Verdict(verdict)}
    return Outcome(level=Level(stored.level), blocking=asked.blocking, **columns), why


def rehearse_again(replayed: Replay) -> tuple[dict[str, Outcome], Decision]:
    """Rehearse both versions again: what the checks of the rehearsal find now, and the decision by that."""
    inputs = replace(replayed.record.inputs, rehearsed=None)
    evidence = evidence_of(replayed.record, inputs)
    rehearsed = [asked for asked in inputs.checks if asked.check.rests_on is RestsOn.REHEARSAL]
    now = {asked.check.id: _as_stored(ask(asked, evidence)) for asked in rehearsed}
    return now, decide(replayed.outcomes | now, required=inputs.required, policy=inputs.policy)


def _replayed(record: Record, asked: InForce, evidence: Evidence) -> ReplayedCheck:
    name, rests_on = asked.check.id, asked.check.rests_on
    outcome, why = outcome_of(record, asked, evidence)
    if why or outcome is None:
        how = How.ON_RECORD if rests_on is RestsOn.MOMENT else How.NOT_REPLAYABLE
        return ReplayedCheck(id=name, how=how, why=why, outcome=outcome)
    how = How.JUDGED_AGAIN if rests_on is RestsOn.REHEARSAL else How.REPLAYED
    compared = compare(name, record.outcomes.get(name), outcome)
    return ReplayedCheck(id=name, how=how, why="", outcome=outcome, compared=compared)


def _as_stored(outcome: Outcome) -> Outcome:
    """Give it the types that it has after it was stored in the database."""
    columns = ("measured", "limit", "details")
    return replace(outcome, **{name: json.loads(json.dumps(getattr(outcome, name))) for name in columns})
