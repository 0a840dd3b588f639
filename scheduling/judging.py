"""How a candidate is judged: evidence, checks in order, the gate, and one transaction at the end."""

from __future__ import annotations

import time
import traceback
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.urls import reverse

from predictions.compiling import library_versions
from predictions.models import Dataset, ModelVersion, Promotion
from predictions.promotion import (
    AlreadyLive,
    Approval,
    LiveVersionChanged,
    ModelHeld,
    VersionRetired,
    promote,
)
from scheduling.approvals import ask_for_approval, lapse_outdated
from scheduling.checks import CHECKS
from scheduling.checks.base import Check, UnknownLimit
from scheduling.evidence import Evidence, gather
from scheduling.exhibits.keeping import keep_exhibits
from scheduling.gate import Ask, Decision, decide
from scheduling.models import CheckLimit, GatePolicy, Look, Run
from scheduling.outcomes import Outcome
from scheduling.recording import LookTaken, RunFenced, note, record
from scheduling.training import current_dataset


def judge(run: Run, candidate: ModelVersion) -> None:
    """Judge `candidate` and close the run, flipping what is live if the gate says so.

    1. Note what is compared with what. 2. Gather the evidence. 3. Ask each check and record its
    outcome at once. 4. Decide. 5. Keep the exhibits of the evidence page. 6. In one transaction: the
    run's verdict, and the promotion or the question to a person. 7. Let older questions lapse that
    this has outdated.
    Raises `RunFenced`, and whatever `gather` raises.
    """
    model = run.registered_model
    live = model.live_promotion()
    champion = live.version if live else None
    evaluation = current_dataset(model, Dataset.Role.EVALUATION)
    policy = GatePolicy.objects.of(model)
    checks = checks_in_force(run)
    note(
        run,
        step="rehearsing the candidate behind the real serving path",
        candidate=candidate,
        champion=champion,
        evaluation_dataset=evaluation,
        evidence=_provenance(run, candidate, champion, evaluation, policy, checks),
    )
    evidence = gather(candidate=candidate, champion=champion, evaluation=evaluation, policy=policy)
    outcomes = {check.id: _ask_and_record(run, check, blocking, evidence) for check, blocking in checks}
    wanted = Ask(
        required=tuple(check.id for check, _ in checks),
        promote_when=policy.promote_when,
        approval=policy.approval,
    )
    decision = decide(outcomes, wanted)
    keep_exhibits(run, evidence, outcomes)
    conclude(run, decision, candidate=candidate, replacing=live)
    lapse_outdated(model)


def checks_in_force(run: Run) -> list[tuple[Check, bool]]:
    """Return each enabled check with this model's limits, and whether its failure blocks."""
    overrides = {
        override.check_id: override
        for override in CheckLimit.objects.filter(registered_model=run.registered_model)
    }
    in_force = []
    for check in CHECKS:
        override = overrides.get(check.id)
        if override is None:
            in_force.append((check, True))
        elif override.enabled:
            in_force.append((_with_override(check, override), override.blocking))
    return in_force


def _with_override(check: Check, override: CheckLimit) -> Check:
    """The check with this model's limits; one that says where to mend them where they do not fit any more."""
    try:
        return check.with_limits(override.limits)
    except UnknownLimit as error:
        page = reverse("admin:scheduling_checklimit_change", args=[override.pk])
        return check.unfit(f"{error}. Save its limits again under Checks and limits of the model: {page}")


def ask(check: Check, evidence: Evidence, blocking: bool = True) -> Outcome:
    """Return the check's outcome; whatever it raises is an outcome of level `error`."""
    started = time.perf_counter()
    try:
        outcome = check.run(evidence)
    except Exception as error:
        outcome = replace(
            Outcome.error(f"{type(error).__name__}: {error}"),
            limit=check.limits,
            details={"traceback": traceback.format_exc()},
        )
    return replace(outcome, seconds=time.perf_counter() - started, blocking=blocking).storable()


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


def _provenance(
    run: Run,
    candidate: ModelVersion,
    champion: ModelVersion | None,
    evaluation: Dataset,
    policy: GatePolicy,
    checks: list[tuple[Check, bool]],
) -> dict[str, Any]:
    """What a reader needs to check the decision: hashes, seed, library versions, limits in force."""
    return {
        "artefact_sha256": candidate.artefact_sha256,
        "served_form_sha256": candidate.served_form_sha256,
        "champion_served_form_sha256": champion and champion.served_form_sha256,
        "evaluation_sha256": evaluation.sha256,
        "seed": run.pk,
        "libraries": library_versions(),
        "policy": policy.as_dict(),
        "limits": {check.id: check.limits for check, _ in checks},
        "blocking": {check.id: blocking for check, blocking in checks},
    }
