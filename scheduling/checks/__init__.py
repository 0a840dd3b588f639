"""The checks, in the order in which they are asked and shown: cheap ones first."""

from scheduling.checks.absolute_floors import AbsoluteFloors
from scheduling.checks.api_health import ApiHealth
from scheduling.checks.base import Check
from scheduling.checks.contract import Contract
from scheduling.checks.data_quality import DataQuality
from scheduling.checks.enough_rows import EnoughRows
from scheduling.checks.evaluation_metrics import EvaluationMetrics
from scheduling.checks.feature_drift import FeatureDrift
from scheduling.checks.label_drift import LabelDrift
from scheduling.checks.latency import Latency
from scheduling.checks.leakage import Leakage
from scheduling.checks.memory import Memory
from scheduling.checks.parity import Parity
from scheduling.checks.prediction_drift import PredictionDrift
from scheduling.checks.slices import Slices

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
    EvaluationMetrics(),
)
CHECKS_BY_ID = {check.id: check for check in CHECKS}
