"""A run's record: the case that it judged, put together from what was kept, and what is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from predictions.models import Dataset
from scheduling.checks import CHECKS, CHECKS_BY_ID
from scheduling.checks.base import Check, RestsOn, UnknownLimit
from scheduling.evidence_page import files
from scheduling.judging.environment import changes_since
from scheduling.judging.gate import Decision
from scheduling.judging.inputs import Case
from scheduling.judging.log_window import Log, LogMovedOn, log_of, nothing_logged
from scheduling.models import CheckResult, GatePolicy, Run, Slice
from scheduling.models.schedule import TaskName
from scheduling.rehearsal import Rehearsal, RehearsalFailed
from scheduling.rehearsal.serialised import RehearsalUnreadable
from scheduling.replay import older
from scheduling.replay.files import NotReplayable, refuse_what_changed

JUDGING = (TaskName.RETRAIN, TaskName.VALIDATE, TaskName.UPLOAD)
WINDOWS = {"asked", "told"}
MOMENT = "it asked the live API of that moment"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one run judged, found and decided.

    `gone` says of what checks rest on why it is not there; their recorded outcomes stand. `assumed` and
    `changed` are for people: what an older run did not record, and which libraries are others now.
    """

    run: Run
    case: Case
    outcomes: dict[str, CheckResult]
    decision: Decision  # the gate's; the ledger or a person may have said otherwise afterwards
    gone: dict[RestsOn, str]
    assumed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def record_of(run: Run) -> Record:
    """Return the record of a run that was judged, its files proved. Raises `NotReplayable`."""
    _refuse_unjudged(run)
    assumed: list[str] = []
    gone = {RestsOn.MOMENT: MOMENT}
    outcomes = {result.check_id: result for result in run.results.all()}
    return Record(
        run=run,
        case=_case(run, outcomes, gone, assumed),
        outcomes=outcomes,
        decision=_decision(run, assumed),
        gone=gone,
        assumed=assumed,
        changed=changes_since(run.evidence),
    )


def _case(run: Run, outcomes: dict[str, CheckResult], gone: dict[RestsOn, str], assumed: list[str]) -> Case:
    """As it was recorded; adds to `gone` and `assumed`. Raises `NotReplayable`."""
    assert run.candidate is not None
    assert run.evaluation_dataset is not None
    training, reference = _datasets(run, assumed)
    refuse_what_changed(run, training, reference)
    return Case(
        candidate=run.candidate,
        champion=run.champion,
        replacing=None,
        evaluation=run.evaluation_dataset,
        training=training,
        reference=reference,
        log=_log(run, outcomes, gone),
        policy=_policy(run.evidence["policy"], assumed),
        checks=_checks(run.evidence, assumed),
        slices=_slices(run, outcomes, assumed),
        looks=older.looks(run, outcomes),
        rehearsed=_rehearsed(run, outcomes, gone),
        redacted=frozenset(run.evidence.get("redacted", ())),
    )


def _slices(run: Run, outcomes: dict[str, CheckResult], assumed: list[str]) -> dict[str, str]:
    """Name -> condition. That of a slice on a redacted feature is nowhere but with the slice itself."""
    if "slices" not in run.evidence:
        return older.slices(outcomes, assumed)
    kept = run.evidence["slices"]
    unkept = [name for name, condition in kept.items() if condition is None]
    if unkept:
        assumed.append(f"today's conditions of slices on redacted features: {', '.join(unkept)}")
    today = Slice.objects.filter(registered_model=run.registered_model, name__in=unkept)
    return kept | dict.fromkeys(unkept, "") | dict(today.values_list("name", "condition"))


def _refuse_unjudged(run: Run) -> None:
    if run.task not in JUDGING:
        raise NotReplayable(f"It judged nothing: only {', '.join(JUDGING)} do.")
    if run.status != Run.Status.FINISHED or "policy" not in run.evidence or run.candidate is None:
        why = run.reason or "it has no verdict yet"
        raise NotReplayable(f"{run} is {run.status} and was not judged to the end: {why}")


def _decision(run: Run, assumed: list[str]) -> Decision:
    """The gate's. Raises `NotReplayable` where somebody has rewritten it into something else."""
    if "gate" not in run.evidence:
        return older.decision(run, assumed)
    try:
        return msgspec.convert(run.evidence["gate"], Decision)
    except msgspec.ValidationError as error:
        raise NotReplayable(f"What {run} noted of the gate's decision cannot be read: {error}.") from None


def _datasets(run: Run, assumed: list[str]) -> tuple[Dataset, Dataset | None]:
    """The training and the reference set of then. Raises `NotReplayable`."""
    kept = run.evidence
    if "training_dataset" not in kept:
        return older.training(run, assumed), older.reference(run, assumed)
    sets = Dataset.objects.in_bulk([pk for pk in (kept["training_dataset"], kept["reference_dataset"]) if pk])
    if kept["training_dataset"] not in sets:
        raise NotReplayable("The training set of then is no more in the database: restore a backup.")
    return sets[kept["training_dataset"]], sets.get(kept["reference_dataset"])


def _policy(kept: dict[str, Any], assumed: list[str]) -> dict[str, Any]:
    """With today's defaults for what the policy of then did not have."""
    new = {name: value for name, value in GatePolicy().as_dict().items() if name not in kept}
    if new:
        assumed.append(f"the policy's defaults for what it did not have then: {', '.join(new)}")
    return new | kept


def _checks(kept: dict[str, Any], assumed: list[str]) -> list[tuple[Check, bool]]:
    """The checks of then, in today's order. Raises `NotReplayable` where one cannot be asked any more."""
    if strange := sorted(set(kept["limits"]) - set(CHECKS_BY_ID)):
        raise NotReplayable(
            f"This version of the program has no check {', '.join(strange)}: use one that has."
        )
    return [
        (_check(check, kept, assumed), kept["blocking"][check.id])
        for check in CHECKS
        if check.id in kept["limits"]
    ]


def _check(check: Check, kept: dict[str, Any], assumed: list[str]) -> Check:
    """With the limits of then; one whose override did not fit then answers so again."""
    limits, misfit = kept["limits"][check.id], kept.get("misfits", {}).get(check.id)
    try:
        asked = check.with_limits(limits)
    except UnknownLimit as error:
        raise NotReplayable(f"The limits of then do not fit this version of the program: {error}") from None
    if new := sorted(set(check.limits) - set(limits)):
        assumed.append(f"the defaults of {check.id} for what it did not have then: {', '.join(new)}")
    return asked.unfit(misfit) if misfit else asked


def _log(run: Run, outcomes: dict[str, CheckResult], gone: dict[RestsOn, str]) -> Log:
    """The rows of the log of then; none where a run did not record them, or in another form."""
    assert run.candidate is not None
    signature, windows = run.candidate.signature, run.evidence.get("log") or {}
    try:
        if windows.keys() == WINDOWS:
            return log_of(windows, signature)
        if older.read_the_log(outcomes):
            gone[RestsOn.LOG] = "it was not recorded which rows of the prediction log it read"
    except LogMovedOn as error:
        gone[RestsOn.LOG] = str(error)
    return nothing_logged(signature)


def _rehearsed(
    run: Run, outcomes: dict[str, CheckResult], gone: dict[RestsOn, str]
) -> Rehearsal | RehearsalFailed:
    """As it was measured; where that was not kept, as it ended, and its checks' outcomes stand."""
    why = "what the rehearsal measured was not kept"
    try:
        if rehearsed := files.read_rehearsal(run):
            return rehearsed
    except RehearsalUnreadable as error:
        why = f"what the rehearsal measured cannot be read: {error}"
    if failed := older.failed_rehearsal(outcomes):
        return failed
    gone[RestsOn.REHEARSAL] = why
    return older.UNKNOWN_REHEARSAL
