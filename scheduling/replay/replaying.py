"""A finished run, judged again by its record: what each check says now, and whether it is what it said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from predictions.contract.error_texts import public_text
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.datasets import DatasetInvalid, Tables
from predictions.registry.loading import VersionUnloadable
from predictions.registry.refusals import NotCompilable
from scheduling.checks.base import InForce, RestsOn
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Decision, Level, Outcome
from scheduling.judging.gate import decide
from scheduling.judging.gathering import gather
from scheduling.judging.inputs import Inputs
from scheduling.judging.judge import ask
from scheduling.models import CheckResult, Run
from scheduling.replay.differences import ABSENT, Compared, Difference, compare
from scheduling.replay.files import NotReplayable
from scheduling.replay.record import Record, record_of
from scheduling.uploads.sandbox import SandboxRefused

FACTS = (
    ArtefactCorrupt,
    ArtefactMissing,
    DatasetInvalid,
    NotCompilable,
    SandboxRefused,
    VersionUnloadable,
)


class How(StrEnum):
    """Where an outcome of a replay comes from."""

    REPLAYED = "replayed"
    JUDGED_AGAIN = "judged again on what the rehearsal measured then"
    ON_RECORD = "taken from the record"  # nobody can look at that moment again
    NOT_REPLAYABLE = "not replayable"  # one could have, but what it takes is gone; the record's stands


@dataclass(frozen=True, kw_only=True)
class ReplayedCheck:
    """One check: how its outcome came about, why it was not otherwise, and how it compares."""

    id: str
    how: How
    why: str
    outcome: Outcome | None  # None where the record has none to stand for it
    compared: Compared


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A run's decision once more."""

    record: Record
    evidence: Evidence
    checks: list[ReplayedCheck]
    decision: Decision

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """By check, without those that there are none of."""
        return {check.id: check.outcome for check in self.checks if check.outcome is not None}

    @property
    def differences(self) -> list[Difference]:
        """All that is not what it was, the decision first."""
        then = self.record.decision
        both = (("kind", then.kind, self.decision.kind), ("reason", then.reason, self.decision.reason))
        of_decision = [
            Difference(check="decision", figure=name, stored=old, recomputed=new)
            for name, old, new in both
            if old != new
        ]
        asked = {check.id for check in self.checks}
        unasked = [
            Difference(check=name, figure="outcome", stored=result.level, recomputed=ABSENT)
            for name, result in self.record.outcomes.items()
            if name not in asked
        ]
        return of_decision + unasked + [one for check in self.checks for one in check.compared.differences]

    @property
    def figures(self) -> int:
        """How many were compared."""
        return sum(check.compared.figures for check in self.checks)


def replay(run: Run) -> Replay:
    """Judge the run's case again. Raises `NotReplayable`."""
    record = record_of(run)
    inputs = record.inputs
    evidence = evidence_of(record, inputs)
    checks = [_replayed(record, asked, evidence) for asked in inputs.checks]
    outcomes = {check.id: check.outcome for check in checks if check.outcome is not None}
    decision = decide(outcomes, required=inputs.required, policy=inputs.policy)
    return Replay(record=record, evidence=evidence, checks=checks, decision=decision)


def evidence_of(record: Record, inputs: Inputs) -> Evidence:
    """Gather the evidence once more. Raises `NotReplayable`, also for what other libraries fall over."""
    try:
        return gather(inputs, Tables())
    except FACTS as error:
        raise NotReplayable(f"{error}{_because(record)}") from error
    except Exception as error:
        if not record.changed:
            raise
        said = public_text(error) if record.inputs.redacted else f"{type(error).__name__}: {error}"
        raise NotReplayable(f"{said}{_because(record)}") from error


def outcome_of(record: Record, asked: InForce, evidence: Evidence) -> tuple[Outcome | None, str]:
    """What a check says now; where what it rests on is gone, what the record says, and why."""
    why = record.gone.get(asked.check.rests_on, "")
    if not why:
        return _as_stored(ask(asked, evidence)), ""
    stored = record.outcomes.get(asked.check.id)
    return (None if stored is None else _of_record(stored, asked.blocking)), why


def rehearse_again(replayed: Replay) -> tuple[dict[str, Outcome], Decision]:
    """Rehearse both once more: what the checks of the rehearsal say now, and the decision by that."""
    inputs = replace(replayed.record.inputs, rehearsed=None)
    evidence = evidence_of(replayed.record, inputs)
    now = {
        asked.check.id: _as_stored(ask(asked, evidence))
        for asked in inputs.checks
        if asked.check.rests_on is RestsOn.REHEARSAL
    }
    return now, decide(replayed.outcomes | now, required=inputs.required, policy=inputs.policy)


def _replayed(record: Record, asked: InForce, evidence: Evidence) -> ReplayedCheck:
    check = asked.check
    outcome, why = outcome_of(record, asked, evidence)
    compared = Compared(figures=0, differences=[], unrecorded=[])
    if why:
        how = How.ON_RECORD if check.rests_on is RestsOn.MOMENT else How.NOT_REPLAYABLE
    else:
        how = How.JUDGED_AGAIN if check.rests_on is RestsOn.REHEARSAL else How.REPLAYED
        assert outcome is not None
        compared = compare(check.id, record.outcomes.get(check.id), outcome)
    return ReplayedCheck(id=check.id, how=how, why=why, outcome=outcome, compared=compared)


def _as_stored(outcome: Outcome) -> Outcome:
    """With the types that it has after a way through the database."""
    columns: Mapping[str, Any] = {
        name: json.loads(json.dumps(getattr(outcome, name))) for name in ("measured", "limit", "details")
    }
    return replace(outcome, **columns)


def _of_record(stored: CheckResult, blocking: bool) -> Outcome:
    return Outcome(
        level=Level(stored.level),
        message=stored.message,
        statistics=stored.statistics,
        measured=stored.measured,
        limit=stored.limit,
        details=stored.details,
        blocking=blocking,
        seconds=stored.seconds,
    )


def _because(record: Record) -> str:
    return f". It may be because {'; '.join(record.changed)}" if record.changed else ""
