"""Makes a run's exhibits in the run's own process, keeps them and the rehearsal. Failing, it fails no run."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.db import transaction

from predictions.contract.error_texts import bare_traceback, public_text
from scheduling.evidence.evidence import Evidence
from scheduling.evidence.outcomes import Outcome
from scheduling.evidence_page import files
from scheduling.evidence_page.exhibits import EXHIBITS
from scheduling.evidence_page.exhibits.base import show
from scheduling.models import EvidenceFile, Run
from scheduling.runs.recording import lock, note

log = logging.getLogger("scheduling.runs")


def keep_exhibits(run: Run, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> None:
    """Make all, write the file, then its row. Raises `RunFenced`."""
    note(run, step="drawing the evidence")
    made = [show(exhibit, evidence, outcomes).as_dict() for exhibit in EXHIBITS]
    try:
        row = files.store(run, made, evidence.rehearsed)
    except (OSError, ValueError) as error:
        log.warning("run=%s: its exhibits could not be kept: %s", run.pk, bare_traceback(error))
        row = EvidenceFile(run=run, problem=public_text(error))
    with transaction.atomic():
        lock(run)
        row.save()
