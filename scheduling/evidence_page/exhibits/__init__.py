"""What the evidence page shows beside the outcomes, in this order: figures, a description, a picture."""

from scheduling.evidence_page.exhibits.base import Exhibit
from scheduling.evidence_page.exhibits.calibration import Calibration
from scheduling.evidence_page.exhibits.changed_rows import ChangedRows
from scheduling.evidence_page.exhibits.confusion import Confusion
from scheduling.evidence_page.exhibits.drift import Drift
from scheduling.evidence_page.exhibits.gain import Gain
from scheduling.evidence_page.exhibits.latency import Latency
from scheduling.evidence_page.exhibits.slices import Slices

EXHIBITS: tuple[Exhibit, ...] = (
    Gain(),
    Confusion(),
    ChangedRows(),
    Calibration(),
    Latency(),
    Drift(),
    Slices(),
)
