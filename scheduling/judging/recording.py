"""How an outcome is written: with the look that it spent, or not at all."""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError, transaction

from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome, Spent
from scheduling.models import Look, Run
from scheduling.runs.recording import lock


class LookTaken(Exception):
    """Another run has counted a look of this number at the evaluation set meanwhile."""


def record(run: Run, check_id: str, outcome: Outcome, evidence: Evidence) -> None:
    """Write one outcome and the look it spent, or neither. Raises `RunFenced` or `LookTaken`."""
    with transaction.atomic():
        lock(run)
        run.results.create(
            check_id=check_id,
            level=outcome.level,
            blocking=outcome.blocking,
            measured=outcome.measured,
            limit=outcome.limit,
            message=outcome.message,
            statistics=outcome.statistics,
            details=outcome.details,
            seconds=outcome.seconds,
        )
        if outcome.spent:
            _spend(run, outcome.spent, evidence)


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
