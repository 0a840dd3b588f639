"""A run's record: what it judged, rebuilt from what was kept, and what is gone."""

import math
from dataclasses import dataclass

from predictions.models import Dataset
from scheduling.checks import CHECKS, CHECKS_BY_ID
from scheduling.checks.base import InForce, RestsOn, UnknownLimit
from scheduling.checks.contract import Contract
from scheduling.evidence.outcomes import Decision, Level
from scheduling.evidence.provenance import Provenance, ProvenanceUnreadable, provenance_of
from scheduling.evidence.rehearsed import Rehearsal, RehearsalFailed, RehearsalUnreadable
from scheduling.evidence.samples import Log
from scheduling.evidence_page import page
from scheduling.judging.inputs import Inputs, changes_since
from scheduling.judging.log_window import LogMovedOn, log_of, nothing_logged
from scheduling.models import CheckResult, Run, Slice
from scheduling.models.schedule import TaskName
from scheduling.replay.guards import NotReplayable, refuse_what_changed

JUDGING = (TaskName.RETRAIN, TaskName.VALIDATE, TaskName.UPLOAD)
MOMENT = "it asked the live API at that moment"
NOT_KEPT = Rehearsal(
    rows=[], replies=[], together=[], seconds=[], unsteady=0, refusals={}, unusual={},
    load_seconds=math.nan, memory_mb=math.nan, server_mb=math.nan,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one run judged, found and decided."""

    run: Run
    inputs: Inputs
    outcomes: dict[str, CheckResult]
    decision: Decision  # the gate's; the ledger or a person may have decided differently afterwards
    gone: dict[RestsOn, str]  # what checks rest on -> why it is gone; their recorded outcomes stand
    assumed: list[str]  # sentences: what the run did not record
    changed: list[str]  # sentences: which libraries have changed since


def record_of(run: Run) -> Record:
    """Return the record of a run that was judged, its files proved. Raises `NotReplayable`."""
    kept = _provenance(run)
    assert kept.gate is not None
    assert run.candidate is not None
    assert run.evaluation_dataset is not None
    sets = Dataset.objects.in_bulk([pk for pk in (kept.training_dataset, kept.reference_dataset) if pk])
    training, reference = sets.get(kept.training_dataset), sets.get(kept.reference_dataset)
    if training is None:
        raise NotReplayable(
            "The training set that the run used is no longer in the database. Restore a backup of that time."
        )
    refuse_what_changed(run, kept, training, reference)
    gone = {RestsOn.MOMENT: MOMENT}
    outcomes = {result.check_id: result for result in run.results.all()}
    slices, assumed = _slices(run, kept)
    spent = getattr(run, "look", None)  # another run may have used the evaluation set first
    inputs = Inputs(
        candidate=run.candidate,
        champion=run.champion,
        replacing=None,
        evaluation=run.evaluation_dataset,
        training=training,
        reference=reference,
        log=_log(run, kept, gone),
        policy=kept.policy,
        checks=_checks(kept),
        slices=slices,
        looks=spent.number - 1 if spent else kept.looks,
        rehearsed=_rehearsed(run, outcomes, gone),
        redacted=frozenset(kept.redacted),
    )
    return Record(
        run=run,
        inputs=inputs,
        outcomes=outcomes,
        decision=kept.gate,
        gone=gone,
        assumed=assumed,
        changed=changes_since(kept),
    )


def _provenance(run: Run) -> Provenance:
    """Return what a run recorded that was judged to the end. Raises `NotReplayable`."""
    if run.task not in JUDGING:
        raise NotReplayable(f"The task {run.task} does not judge a model; only {', '.join(JUDGING)} do.")
    try:
        kept = provenance_of(run.evidence)
    except ProvenanceUnreadable as error:
        raise NotReplayable(f"The recorded inputs of {run} cannot be read: {error}.") from None
    if run.status != Run.Status.FINISHED or kept is None or kept.gate is None or run.candidate is None:
        why = run.reason or "it has no decision yet"
        raise NotReplayable(f"{run} is {run.status} and was not judged to the end: {why}")
    return kept


def _slices(run: Run, kept: Provenance) -> tuple[dict[str, str], list[str]]:
    """Return name -> condition, and what is assumed: conditions on redacted features were not recorded."""
    unkept = [name for name, condition in kept.slices.items() if condition is None]
    today = Slice.objects.filter(registered_model=run.registered_model, name__in=unkept)
    known = {name: condition or "" for name, condition in kept.slices.items()}
    assumed = [f"today's conditions of slices on redacted features: {', '.join(unkept)}"] if unkept else []
    return known | dict(today.values_list("name", "condition")), assumed


def _checks(kept: Provenance) -> tuple[InForce, ...]:
    """Return the checks of that time in today's order. Raises `NotReplayable` if one does not exist now."""
    if strange := sorted(set(kept.limits) - set(CHECKS_BY_ID)):
        raise NotReplayable(
            f"This version of the program does not have the check {', '.join(strange)}. "
            "Use the version that judged the run."
        )
    try:
        limited = [check.with_limits(kept.limits[check.id]) for check in CHECKS if check.id in kept.limits]
    except UnknownLimit as error:
        raise NotReplayable(f"The recorded limits do not fit this version of the program: {error}") from None
    blocking, misfits = kept.blocking, kept.misfits
    return tuple(InForce(check=c, blocking=blocking[c.id], misfit=misfits.get(c.id, "")) for c in limited)


def _log(run: Run, kept: Provenance, gone: dict[RestsOn, str]) -> Log:
    """Return the rows of the prediction log of that time; none, with a note in `gone`, if rows changed."""
    assert run.candidate is not None
    try:
        return log_of(kept.log, run.candidate.signature)
    except LogMovedOn as error:
        gone[RestsOn.LOG] = str(error)
        return nothing_logged(run.candidate.signature)


def _rehearsed(
    run: Run, outcomes: dict[str, CheckResult], gone: dict[RestsOn, str]
) -> Rehearsal | RehearsalFailed:
    """Return what was measured; if that is gone, say so in `gone`, and the recorded outcomes stand."""
    why = "the measurements of the rehearsal were not kept"
    try:
        if rehearsed := page.read_rehearsal(run):
            return rehearsed
    except RehearsalUnreadable as error:
        why = f"the measurements of the rehearsal cannot be read: {error}"
    gone[RestsOn.REHEARSAL] = why
    contract = outcomes.get(Contract.id)
    return RehearsalFailed(why) if contract and contract.level == Level.ERROR else NOT_KEPT
