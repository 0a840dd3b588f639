"""How a candidate is judged: evidence, checks in order, the gate, and one transaction at the end."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from predictions.contract.error_texts import private_text, public_text
from predictions.models import ModelVersion, Promotion
from predictions.registry.promotion import (
    AlreadyLive,
    Approval,
    LiveVersionChanged,
    ModelHeld,
    VersionRetired,
    promote,
)
from scheduling.approvals.approvals import ask_for_approval, lapse_outdated
from scheduling.checks.base import Check
from scheduling.evidence_page.exhibits.keeping import keep_exhibits
from scheduling.judging.environment import made_with
from scheduling.judging.evidence import Evidence, gather
from scheduling.judging.gate import Decision, decide
from scheduling.judging.inputs import case_of_today
from scheduling.judging.outcomes import Outcome
from scheduling.judging.redaction import of_any_feature
from scheduling.models import Look, Run
from scheduling.rehearsal.serialised import NotMeasured
from scheduling.runs.recording import LookTaken, RunFenced, note, record


def judge(run: Run, candidate: ModelVersion) -> None:
    """Judge `candidate` and close the run, flipping what is live if the gate says so.

    1. Note what is compared with what. 2. Gather the evidence. 3. Ask each check and record its
    outcome at once. 4. Decide. 5. Keep the exhibits of the evidence page. 6. In one transaction: the
    run's verdict, and the promotion or the question to a person. 7. Let older questions lapse that
    this has outdated.
    Raises `RunFenced`, and whatever `case_of_today` and `gather` raise.
    """
    case = case_of_today(run, candidate)
    provenance = case.provenance | {"seed": run.pk} | made_with()
    note(
        run,
        step="rehearsing the candidate behind the real serving path",
        candidate=case.candidate,
        champion=case.champion,
        evaluation_dataset=case.evaluation,
        evidence=provenance,
    )
    evidence = gather(case)
    outcomes = {check.id: _ask_and_record(run, check, blocking, evidence) for check, blocking in case.checks}
    decision = decide(outcomes, case.ask)
    note(run, evidence=provenance | {"gate": asdict(decision)})
    keep_exhibits(run, evidence, outcomes)
    conclude(run, decision, candidate=candidate, replacing=case.replacing)
    lapse_outdated(run.registered_model)


def ask(check: Check, evidence: Evidence, blocking: bool = True) -> Outcome:
    """Return the check's outcome; whatever it raises is an outcome of level `error`.

    But for `NotMeasured`, which only a replay meets: the check says nothing then.
    """
    started = time.perf_counter()
    try:
        outcome = check.run(evidence)
    except NotMeasured:
        raise
    except Exception as error:
        outcome = replace(
            Outcome.error(public_text(error)),
            limit=check.limits,
            details=_told_of(error, redacted=evidence.redacted),
        )
    return replace(outcome, seconds=time.perf_counter() - started, blocking=blocking).storable()


def _told_of(error: Exception, *, redacted: frozenset[str]) -> dict[str, Any]:
    """The details of a check that broke: where, and what others said of it."""
    return {
        "traceback": private_text(error, redacted=bool(redacted)),
        "words": of_any_feature(getattr(error, "words", ""), redacted=redacted),
    }


def _ask_and_record(run: Run, check: Check, blocking: bool, evidence: Evidence) -> Outcome:
    """Ask and write. Where another run was quicker to spend this look, ask again at the next one."""
    note(run, step=f"asking the check {check.id}")
    while True:
        outcome = ask(check, evidence, blocking)
        try:
            return record(run, outcome, check, evidence)
        except LookTaken:
            evidence = replace(evidence, looks=Look.objects.spent(evidence.evaluation))


def conclude(run: Run, decision: Decision, *, candidate: ModelVersion, replacing: Promotion | None) -> None:
    """Promotion and verdict in one transaction: both are there, or neither. Raises `RunFenced`."""
    with transaction.atomic():
        decision, promotion = _flip(run, decision, candidate, replacing)
        closed = Run.objects.close(
            run,
            status=Run.Status.FINISHED,
            decision=decision.kind,
            reason=decision.reason,
            promotion=promotion,
        )
        if not closed:
            raise RunFenced(f"{run} is no longer running for this process")
        if decision.waits:
            ask_for_approval(run, replacing=replacing)


def _flip(
    run: Run, decision: Decision, candidate: ModelVersion, replacing: Promotion | None
) -> tuple[Decision, Promotion | None]:
    """Promote in a savepoint; a flip that is refused leaves a decision that says why."""
    if not decision.promotes:
        return decision, None
    approval = Approval.by_gate(by=f"run {run.pk}", reason=decision.reason)
    try:
        with transaction.atomic():
            return decision, promote(version=candidate, replacing=replacing, approval=approval)
    except (LiveVersionChanged, AlreadyLive, ModelHeld, VersionRetired) as error:
        why = f"It would have gone live ({decision.reason}), but was not: {error}"
        return Decision(kind="kept", reason=why), None
