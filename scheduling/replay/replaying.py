"""A finished run, judged again by its record: what each check says now, and whether it is what it said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from predictions.contract.error_texts import public_text
from predictions.registry.artefacts import ArtefactCorrupt, ArtefactMissing
from predictions.registry.compiling import NotCompilable
from predictions.registry.datasets import DatasetInvalid
from predictions.serving.serving import VersionUnloadable
from scheduling.checks.base import Check, RestsOn
from scheduling.judging.evidence import Evidence, gather
from scheduling.judging.gate import Decision, decide
from scheduling.judging.inputs import Case
from scheduling.judging.judge import ask
from scheduling.judging.outcomes import Level, Outcome
from scheduling.models import CheckResult, Run
from scheduling.rehearsal.serialised import NotMeasured
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
    evidence = evidence_of(record, record.case)
    checks = [_replayed(record, check, blocking, evidence) for check, blocking in record.case.checks]
    outcomes = {check.id: check.outcome for check in checks if check.outcome is not None}
    return Replay(record=record, evidence=evidence, checks=checks, decision=decide(outcomes, record.case.ask))


def evidence_of(record: Record, case: Case) -> Evidence:
    """Gather the evidence of a case. Raises `NotReplayable`, also for what other libraries fall over."""
    try:
        return gather(case)
    except FACTS as error:
        raise NotReplayable(f"{error}{_because(record)}") from error
    except Exception as error:
        if not record.changed:
            raise
        said = public_text(error) if record.case.redacted else f"{type(error).__name__}: {error}"
        raise NotReplayable(f"{said}{_because(record)}") from error


def outcome_of(
    record: Record, check: Check, blocking: bool, evidence: Evidence
) -> tuple[Outcome | None, str]:
    """What a check says now; where what it rests on is gone, what the record says, and why."""
    why = record.gone.get(check.rests_on, "")
    if not why:
        try:
            return _as_stored(ask(check, evidence, blocking)), ""
        except NotMeasured as error:
            why = str(error)
    stored = record.outcomes.get(check.id)
    return (None if stored is None else _of_record(stored, blocking)), why


def rehearse_again(replayed: Replay) -> tuple[dict[str, Outcome], Decision]:
    """Rehearse both once more: what the checks of the rehearsal say now, and the decision by that."""
    case = replace(replayed.record.case, rehearsed=None)
    evidence = evidence_of(replayed.record, case)
    now = {
        check.id: _as_stored(ask(check, evidence, blocking))
        for check, blocking in case.checks
        if check.rests_on is RestsOn.REHEARSAL
    }
    return now, decide(replayed.outcomes | now, case.ask)


def _replayed(record: Record, check: Check, blocking: bool, evidence: Evidence) -> ReplayedCheck:
    outcome, why = outcome_of(record, check, blocking, evidence)
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
        measured=stored.measured,
        limit=stored.limit,
        details=stored.details,
        blocking=blocking,
        seconds=stored.seconds,
    )


def _because(record: Record) -> str:
    return f". It may be because {'; '.join(record.changed)}" if record.changed else ""
