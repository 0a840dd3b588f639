"""How an outcome is written: with the look that it spent, or not at all."""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError, transaction

from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.models import Look, Run
from scheduling.runs.recording import lock

COLUMNS = ("level", "blocking", "measured", "limit", "message", "statistics", "details", "seconds")


class LookTaken(Exception):
    """Another run has counted a look of this number at the evaluation set meanwhile."""


def record(run: Run, check_id: str, outcome: Outcome, evidence: Evidence) -> None:
    """Write one outcome and the look it spent, or neither. Raises `RunFenced` or `LookTaken`."""
    with transaction.atomic():
        lock(run)
        run.results.create(check_id=check_id, **{name: getattr(outcome, name) for name in COLUMNS})
        if outcome.spent is None:
            return
        assert evidence.champion is not None
        try:
            with transaction.atomic():  # its number is unique: of two runs at once one is refused
                Look.objects.create(
                    evaluation_dataset=evidence.evaluation,
                    run=run,
                    candidate=evidence.candidate.label,
                    champion=evidence.champion.label,
                    **asdict(outcome.spent),
                )
        except IntegrityError:
            raise LookTaken(f"{evidence.evaluation}: look {outcome.spent.number}") from None
