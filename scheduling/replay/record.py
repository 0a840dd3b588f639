"""A run's record: what it judged, put together from what was kept, and what is gone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from predictions.models import Dataset
from scheduling.checks import CHECKS, CHECKS_BY_ID
from scheduling.checks.base import Check, InForce, RestsOn, UnknownLimit
from scheduling.checks.contract import Contract
from scheduling.evidence.outcomes import Decision, Level
from scheduling.evidence.provenance import Provenance, ProvenanceUnreadable, provenance_of
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, RehearsalUnreadable
from scheduling.evidence.samples import Log
from scheduling.evidence_page import files
from scheduling.judging.environment import changes_since
from scheduling.judging.inputs import Inputs
from scheduling.judging.log_window import LogMovedOn, log_of, nothing_logged
from scheduling.models import CheckResult, Run, Slice
from scheduling.models.schedule import TaskName
from scheduling.replay.files import NotReplayable, refuse_what_changed

JUDGING = (TaskName.RETRAIN, TaskName.VALIDATE, TaskName.UPLOAD)
MOMENT = "it asked the live API of that moment"
NOT_KEPT = Rehearsal(
    rows=[], replies=[], together=[], seconds=[], unsteady=0, refusals={}, unusual={},
    load_seconds=math.nan, memory_mb=math.nan, server_mb=math.nan,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one run judged, found and decided.

    `gone` says of what checks rest on why it is not there; their recorded outcomes stand. `assumed` and
    `changed` are for people: what the run did not keep, and which libraries are others now.
    """

    run: Run
    inputs: Inputs
    outcomes: dict[str, CheckResult]
    decision: Decision  # the gate's; the ledger or a person may have said otherwise afterwards
    gone: dict[RestsOn, str]
    assumed: list[str]
    changed: list[str]


def record_of(run: Run) -> Record:
    """Return the record of a run that was judged, its files proved. Raises `NotReplayable`."""
    kept = _provenance(run)
    assert kept.gate is not None
    gone = {RestsOn.MOMENT: MOMENT}
    assumed: list[str] = []
    outcomes = {result.check_id: result for result in run.results.all()}
    return Record(
        run=run,
        inputs=_inputs(run, kept, outcomes, gone, assumed),
        outcomes=outcomes,
        decision=kept.gate,
        gone=gone,
        assumed=assumed,
        changed=changes_since(kept),
    )


def _provenance(run: Run) -> Provenance:
    """What a run noted that was judged to the end. Raises `NotReplayable`."""
    if run.task not in JUDGING:
        raise NotReplayable(f"It judged nothing: only {', '.join(JUDGING)} do.")
    try:
        kept = provenance_of(run.evidence)
    except ProvenanceUnreadable as error:
        raise NotReplayable(f"What {run} noted of its inputs cannot be read: {error}.") from None
    if run.status != Run.Status.FINISHED or kept is None or kept.gate is None or run.candidate is None:
        why = run.reason or "it has no verdict yet"
        raise NotReplayable(f"{run} is {run.status} and was not judged to the end: {why}")
    return kept


def _inputs(
    run: Run,
    kept: Provenance,
    outcomes: dict[str, CheckResult],
    gone: dict[RestsOn, str],
    assumed: list[str],
) -> Inputs:
    """As they were recorded; adds to `gone` and `assumed`. Raises `NotReplayable`."""
    assert run.candidate is not None
    assert run.evaluation_dataset is not None
    training, reference = _datasets(kept)
    refuse_what_changed(run, kept, training, reference)
    return Inputs(
        candidate=run.candidate,
        champion=run.champion,
        replacing=None,
        evaluation=run.evaluation_dataset,
        training=training,
        reference=reference,
        log=_log(run, kept, gone),
        policy=kept.policy,
        checks=_checks(kept),
        slices=_slices(run, kept, assumed),
        looks=_looks(run, kept),
        rehearsed=_rehearsed(run, outcomes, gone),
        redacted=frozenset(kept.redacted),
    )


def _slices(run: Run, kept: Provenance, assumed: list[str]) -> dict[str, str]:
    """Name -> condition. That of a slice on a redacted feature is nowhere but with the slice itself."""
    unkept = [name for name, condition in kept.slices.items() if condition is None]
    if unkept:
        assumed.append(f"today's conditions of slices on redacted features: {', '.join(unkept)}")
    today = Slice.objects.filter(registered_model=run.registered_model, name__in=unkept)
    known = {name: condition or "" for name, condition in kept.slices.items()}
    return known | dict(today.values_list("name", "condition"))


def _looks(run: Run, kept: Provenance) -> int:
    """How many were counted before: another run may have been quicker to spend the one that was noted."""
    spent = getattr(run, "look", None)
    return spent.number - 1 if spent else kept.looks


def _datasets(kept: Provenance) -> tuple[Dataset, Dataset | None]:
    """The training and the reference set of then. Raises `NotReplayable`."""
    sets = Dataset.objects.in_bulk([pk for pk in (kept.training_dataset, kept.reference_dataset) if pk])
    if kept.training_dataset not in sets:
        raise NotReplayable("The training set of then is no more in the database: restore a backup.")
    return sets[kept.training_dataset], sets.get(kept.reference_dataset)


def _checks(kept: Provenance) -> tuple[InForce, ...]:
    """The checks of then, in today's order. Raises `NotReplayable` where one cannot be asked any more."""
    if strange := sorted(set(kept.limits) - set(CHECKS_BY_ID)):
        raise NotReplayable(
            f"This version of the program has no check {', '.join(strange)}: use one that has."
        )
    return tuple(
        InForce(
            check=_with_limits_of_then(check, kept),
            blocking=kept.blocking[check.id],
            misfit=kept.misfits.get(check.id, ""),
        )
        for check in CHECKS
        if check.id in kept.limits
    )


def _with_limits_of_then(check: Check, kept: Provenance) -> Check:
    try:
        return check.with_limits(kept.limits[check.id])
    except UnknownLimit as error:
        raise NotReplayable(f"The limits of then do not fit this version of the program: {error}") from None


def _log(run: Run, kept: Provenance, gone: dict[RestsOn, str]) -> Log:
    """The rows of the log of then; none where they have moved on."""
    assert run.candidate is not None
    try:
        return log_of(kept.log, run.candidate.signature)
    except LogMovedOn as error:
        gone[RestsOn.LOG] = str(error)
        return nothing_logged(run.candidate.signature)


def _rehearsed(
    run: Run, outcomes: dict[str, CheckResult], gone: dict[RestsOn, str]
) -> Rehearsal | RehearsalFailed:
    """As it was measured; where that is not there, the outcomes of then stand, and say how it ended."""
    why = "what the rehearsal measured was not kept"
    try:
        if rehearsed := files.read_rehearsal(run):
            return rehearsed
    except RehearsalUnreadable as error:
        why = f"what the rehearsal measured cannot be read: {error}"
    gone[RestsOn.REHEARSAL] = why
    contract = outcomes.get(Contract.id)
    return RehearsalFailed(why) if contract and contract.level == Level.ERROR else NOT_KEPT
