"""The checks in `CHECKS`, in the order in which they run and are shown: cheap ones first."""

from scheduling.checks.api_health import ApiHealth
from scheduling.checks.base import Check
from scheduling.checks.comparison.absolute_floors import AbsoluteFloors
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.checks.comparison.representative import Representative
from scheduling.checks.comparison.slices import Slices
from scheduling.checks.contract import Contract
from scheduling.checks.data_quality import DataQuality
from scheduling.checks.drift.feature_drift import FeatureDrift
from scheduling.checks.drift.label_drift import LabelDrift
from scheduling.checks.drift.prediction_drift import PredictionDrift
from scheduling.checks.enough_rows import EnoughRows
from scheduling.checks.leakage import Leakage
from scheduling.checks.parity import Parity
from scheduling.checks.serving_cost import Latency, Memory

CHECKS: tuple[Check, ...] = (
    DataQuality(),
    EnoughRows(),
    Leakage(),
    ApiHealth(),
    Contract(),
    Parity(),
    Latency(),
    Memory(),
    FeatureDrift(),
    PredictionDrift(),
    LabelDrift(),
    AbsoluteFloors(),
    Slices(),
    Representative(),
    EvaluationMetrics(),
)
CHECKS_BY_ID = {check.id: check for check in CHECKS}
