"""Makes a run's exhibits in the run's own process, keeps them and the rehearsal. Failing, it fails no run."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from scheduling import evidence_files
from scheduling.evidence import Evidence
from scheduling.exhibits import EXHIBITS
from scheduling.exhibits.base import show
from scheduling.models import EvidenceFile, Run
from scheduling.outcomes import Outcome
from scheduling.recording import keep_evidence_file, note

log = logging.getLogger("scheduling.runs")


def keep_exhibits(run: Run, evidence: Evidence, outcomes: Mapping[str, Outcome]) -> None:
    """Make all, write the file, then its row. Raises `RunFenced`."""
    note(run, step="drawing the evidence")
    made = [show(exhibit, evidence, outcomes).as_dict() for exhibit in EXHIBITS]
    try:
        row = evidence_files.store(run, made, evidence.rehearsed)
    except (OSError, ValueError) as error:
        log.warning("run=%s: its exhibits could not be kept", run.pk, exc_info=True)
        row = EvidenceFile(run=run, problem=f"{type(error).__name__}: {error}")
    keep_evidence_file(run, row)
