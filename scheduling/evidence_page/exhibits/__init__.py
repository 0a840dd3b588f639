"""What the evidence page shows beside the outcomes, in this order. Door: `keep_exhibits`."""

import logging

from predictions import database
from predictions.contract.error_texts import bare_traceback, public_text
from scheduling.evidence.evidence import Evidence
from scheduling.evidence_page import page
from scheduling.evidence_page.exhibits.base import Exhibit, Outcomes, show
from scheduling.evidence_page.exhibits.calibration import Calibration
from scheduling.evidence_page.exhibits.changed_rows import ChangedRows
from scheduling.evidence_page.exhibits.confusion import Confusion
from scheduling.evidence_page.exhibits.drift import Drift
from scheduling.evidence_page.exhibits.gain import Gain
from scheduling.evidence_page.exhibits.latency import Latency
from scheduling.evidence_page.exhibits.slices import Slices
from scheduling.evidence_page.exhibits.trials import of_search
from scheduling.models import EvidenceFile, Run
from scheduling.runs.transitions import lock, note

log = logging.getLogger("scheduling.runs")
EXHIBITS: tuple[Exhibit, ...] = (
    Gain(), Confusion(), ChangedRows(), Calibration(), Latency(), Drift(), Slices(),
)  # fmt: skip


def keep_exhibits(run: Run, evidence: Evidence, outcomes: Outcomes) -> None:
    """Store the exhibits and the rehearsal of a run. Raises `RunFenced`; other failures are recorded."""
    note(run, step="drawing the evidence")
    made = [show(exhibit, evidence, outcomes) for exhibit in (*EXHIBITS, *of_search(run))]
    try:
        row = page.store(run, made, evidence.rehearsed)
    except (OSError, ValueError) as error:
        log.warning("run=%s: its pictures could not be stored: %s", run.pk, bare_traceback(error))
        row = EvidenceFile(run=run, problem=public_text(error))
    with database.atomic():
        lock(run)
        row.save()
