"""How a candidate is judged: evidence, checks in order, the gate, and one transaction at the end."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError
from msgspec import structs, to_builtins

from predictions import database
from predictions.contract.error_texts import plain_text, private_text, public_text
from predictions.contract.storable import storable
from predictions.models import Dataset, ModelVersion, Promotion
from predictions.models.base import LONGEST_NAME
from predictions.models.people.accounts import named
from predictions.registry import promotion as ledger
from predictions.registry.datasets import Tables
from scheduling.approvals.approvals import ask_for_approval, lapse_outdated
from scheduling.checks.base import InForce
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Decision, Level, Outcome, of_any_feature
from scheduling.evidence.rehearsed import RehearsalFailed
from scheduling.evidence.samples import hashes_of_all
from scheduling.evidence_page.exhibits import keep_exhibits
from scheduling.judging.evaluation_reuse import note_reuse
from scheduling.judging.gate import decide
from scheduling.judging.gathering import gather
from scheduling.judging.inputs import inputs_of_today
from scheduling.judging.same_answers import same_as
from scheduling.models import Look, Run
from scheduling.models.schedule import TaskName
from scheduling.runs.transitions import RunFenced, lock, note
from scheduling.training.training import current_dataset

TELL_SECONDS = 3
COLUMNS = ("level", "blocking", "measured", "limit", "message", "statistics", "details", "seconds")


def judge(
    run: Run, candidate: ModelVersion, tables: Tables | None = None, evaluation: Dataset | None = None
) -> None:
    """Judge `candidate` and close the run; promote it if the gate says so.

    1. Note whether the evaluation set is a new one. 2. Take the inputs, and note what is compared with
    what. 3. A retrained candidate that is the champion again ends here, kept. 4. Gather the evidence. 5. Run
    each check and record its outcome at once. 6. Decide. 7. Store the exhibits of the evidence page. 8. In
    one transaction: the run's verdict, and the promotion or the request to a person. 9. Let older requests
    lapse that this has outdated.
    `tables` are the files that the run has read so far, with what scikit-learn answered to them;
    `evaluation` are the rows that judge, or else the newest of the model. Raises
    `RunFenced`, `NotPrepared`, and whatever `note_reuse`, `inputs_of_today` and `gather` raise.
    """
    tables, spec = tables or Tables(), candidate.signature.spec()
    evaluation = evaluation or current_dataset(run.registered_model, Dataset.Role.EVALUATION)
    hashes = hashes_of_all(tables.of(evaluation), spec, _telling(run, evaluation, "reading"))
    note_reuse(evaluation, spec, hashes)
    inputs = inputs_of_today(run, candidate, evaluation)
    provenance = inputs.provenance(seed=run.pk)
    note(
        run,
        step="rehearsing the candidate behind the real serving path",
        candidate=inputs.candidate,
        champion=inputs.champion,
        evaluation_dataset=inputs.evaluation,
        evidence=to_builtins(provenance),
    )
    retrained = inputs.champion if run.task == TaskName.RETRAIN else None
    if retrained and (same := same_as(candidate, retrained, tables.of(evaluation))):
        conclude(run, Decision(kind="kept", reason=same), candidate=candidate, replacing=inputs.replacing)
        return
    evidence = gather(inputs, tables, hashes, _telling(run, evaluation, "judging"))
    tables.forget()
    outcomes = {one.check.id: _ask_and_record(run, one, evidence) for one in inputs.checks}
    decision = decide(outcomes, required=inputs.required, policy=inputs.policy)
    note(run, evidence=to_builtins(structs.replace(provenance, gate=decision)))
    keep_exhibits(run, evidence, outcomes)
    conclude(run, decision, candidate=candidate, replacing=inputs.replacing)
    lapse_outdated(run.registered_model)


def _telling(run: Run, evaluation: Dataset, doing: str) -> Callable[[int], None]:
    """Return what notes, every few seconds, how many rows of a large set are done."""
    told = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            note(run, step=f"{doing}: {rows:,} of {evaluation.rows:,} rows")

    return tell


def ask(asked: InForce, evidence: Evidence) -> Outcome:
    """Return the check's outcome; an exception becomes an outcome of level `error`."""
    started = time.perf_counter()
    try:
        outcome = Outcome.error(asked.misfit) if asked.misfit else asked.check.run(evidence)
    except Exception as error:
        words = of_any_feature(getattr(error, "words", ""), redacted=evidence.redacted)
        traceback = private_text(error, redacted=bool(evidence.redacted))
        details = {"traceback": traceback, "words": words}
        message = (plain_text if isinstance(error, RehearsalFailed) else public_text)(error)
        outcome = replace(Outcome.error(message), details=details)
    sentence, sampled = evidence.sample_of(asked.check.sets)
    if sampled and outcome.level is not Level.NOT_APPLICABLE:
        told = "" if asked.check.decides_by_all_rows(evidence) else f" {sentence}"
        measured = outcome.measured | {"sampled": sampled}
        outcome = replace(outcome, message=f"{outcome.message}{told}", measured=measured)
    return replace(
        outcome,
        limit=outcome.limit or asked.check.limits,
        seconds=time.perf_counter() - started,
        blocking=asked.blocking,
    ).storable()


def _ask_and_record(run: Run, asked: InForce, evidence: Evidence) -> Outcome:
    """Run the check; write its outcome and the look it spent, or neither. Raises `RunFenced`.

    Where another run has spent this look meanwhile, the check is repeated at the next one.
    """
    note(run, step=f"running the check {asked.check.id}")
    while True:
        outcome = ask(asked, evidence)
        try:
            with database.atomic():
                lock(run)
                columns = {name: getattr(outcome, name) for name in COLUMNS}
                run.results.create(check_id=asked.check.id, **storable(columns))
                if outcome.spent is not None:
                    assert evidence.champion is not None
                    Look.objects.create(
                        evaluation_dataset=evidence.evaluation,
                        run=run,
                        candidate=evidence.candidate.label,
                        champion=evidence.champion.label,
                        **asdict(outcome.spent),
                    )
        except IntegrityError:  # the number of a look is unique
            looks = Look.objects.spent(evidence.evaluation)
            if looks == evidence.looks:
                raise
            evidence = replace(evidence, looks=looks)
        else:
            return outcome


def conclude(run: Run, decision: Decision, *, candidate: ModelVersion, replacing: Promotion | None) -> None:
    """Write promotion and verdict in one transaction: both or neither. Raises `RunFenced`."""
    with database.atomic():
        promotion = None
        if decision.kind == "promoted":
            decision, promotion = _promote(run, decision, candidate, replacing)
        end: Any = {"decision": decision.kind, "reason": decision.reason, "promotion": promotion}
        if not Run.objects.close(run, status=Run.Status.FINISHED, **end):
            raise RunFenced(f"{run} does not belong to this process any more.")
        if decision.kind == "awaiting_approval":
            ask_for_approval(run, replacing=replacing)


def _approval_of(run: Run, candidate: ModelVersion, reason: str, *, is_first: bool) -> ledger.Approval:
    """The gate's; of a first version that somebody brought also that person's."""
    brought = is_first and candidate.source == ModelVersion.Source.UPLOADED
    if not (brought and run.requested_by):
        return ledger.Approval.by_gate(by=f"run {run.pk}", reason=reason)
    user = named(run.requested_by)
    is_person = run.trigger in (Run.Trigger.API, Run.Trigger.MANUAL)
    by = f"{run.requested_by} ({run.trigger}, run {run.pk})"
    return ledger.Approval(
        by=by[:LONGEST_NAME], user=user if is_person else None, reason=reason, automatic=True
    )


def _promote(
    run: Run, decision: Decision, candidate: ModelVersion, replacing: Promotion | None
) -> tuple[Decision, Promotion | None]:
    """Promote in a savepoint; if the promotion is refused, the decision says why."""
    approval = _approval_of(run, candidate, decision.reason, is_first=replacing is None)
    try:
        with database.atomic():
            return decision, ledger.promote(version=candidate, replacing=replacing, approval=approval)
    except (ledger.LiveVersionChanged, ledger.AlreadyLive, ledger.ModelHeld, ledger.VersionRetired) as error:
        passed = decision.reason.removeprefix("Promoted: ")
        why = f"Kept: it passed the checks, but was not promoted ({str(error).rstrip('.')}). Result: {passed}"
        return Decision(kind="kept", reason=why), None
