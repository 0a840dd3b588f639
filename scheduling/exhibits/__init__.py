"""What the evidence page shows beside the outcomes, in this order: figures, a description, a picture."""

from scheduling.exhibits.base import Exhibit
from scheduling.exhibits.calibration import Calibration
from scheduling.exhibits.changed_rows import ChangedRows
from scheduling.exhibits.confusion import Confusion
from scheduling.exhibits.drift import Drift
from scheduling.exhibits.gain import Gain
from scheduling.exhibits.latency import Latency
from scheduling.exhibits.slices import Slices

EXHIBITS: tuple[Exhibit, ...] = (
    Gain(),
    Confusion(),
    ChangedRows(),
    Calibration(),
    Latency(),
    Drift(),
    Slices(),
)
