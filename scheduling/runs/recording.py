"""What a run writes while it works: only as long as it is still this process's to write."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction

from scheduling.checks.base import Check
from scheduling.judging.evidence import Evidence
from scheduling.judging.outcomes import Outcome, Spent
from scheduling.models import EvidenceFile, Look, Run


class LookTaken(Exception):
    """Another run has counted a look of this number at the evaluation set meanwhile."""


class RunFenced(Exception):
    """The run is no longer this process's to write: it was cancelled, interrupted or taken over."""


def note(run: Run, **columns: Any) -> None:
    """Write facts of the work so far to a run that is still ours. Raises `RunFenced`."""
    mine = Run.objects.running().filter(pk=run.pk, epoch=run.epoch)
    if not mine.update(**columns):
        raise RunFenced(f"{run} is no longer running for this process")


def record(run: Run, outcome: Outcome, check: Check, evidence: Evidence) -> Outcome:
    """Write one outcome and the look it spent, or neither. Raises `RunFenced` or `LookTaken`."""
    with transaction.atomic():
        _require_ours(run)
        run.results.create(
            check_id=check.id,
            level=outcome.level,
            blocking=outcome.blocking,
            measured=outcome.measured,
            limit=outcome.limit,
            message=outcome.message,
            details=outcome.details,
            seconds=outcome.seconds,
        )
        if outcome.spent:
            _spend(run, outcome.spent, evidence)
    return outcome


def _require_ours(run: Run) -> None:
    """Lock the row of a run that is still ours, to the end of the transaction. Raises `RunFenced`."""
    mine = Run.objects.running().filter(pk=run.pk, epoch=run.epoch)
    if mine.select_for_update().first() is None:
        raise RunFenced(f"{run} is no longer running for this process")


def _spend(run: Run, spent: Spent, evidence: Evidence) -> None:
    """Count the look: its number is unique, so of two runs at once one is told to ask again."""
    assert evidence.champion is not None
    try:
        with transaction.atomic():
            Look.objects.create(
                evaluation_dataset=evidence.evaluation,
                run=run,
                candidate=evidence.candidate.label,
                champion=evidence.champion.label,
                **asdict(spent),
            )
    except IntegrityError:
        raise LookTaken(f"{evidence.evaluation}: look {spent.number}") from None


def keep_evidence_file(run: Run, row: EvidenceFile) -> None:
    """Write the row of the run's exhibits. Raises `RunFenced`."""
    with transaction.atomic():
        _require_ours(run)
        row.save()
