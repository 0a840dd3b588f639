"""The registry: model versions, which one is live and since when, and what they answered."""

from predictions.models.dataset import Dataset
from predictions.models.model_version import ModelVersion
from predictions.models.prediction import Feedback, Prediction
from predictions.models.promotion import Promotion
from predictions.models.registered_model import RegisteredModel
from predictions.models.request_count import RequestCount
from predictions.models.signature import Feature, Signature
from predictions.models.worker import Worker

__all__ = [
    "Dataset",
    "Feature",
    "Feedback",
    "ModelVersion",
    "Prediction",
    "Promotion",
    "RegisteredModel",
    "RequestCount",
    "Signature",
    "Worker",
]
