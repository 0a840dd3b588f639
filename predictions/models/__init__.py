"""The registry: what a model version is, which one is live, and the ledger of how it became so."""

from predictions.models.dataset import Dataset
from predictions.models.model_version import ModelVersion
from predictions.models.promotion import Promotion
from predictions.models.registered_model import RegisteredModel
from predictions.models.signature import Feature, Signature
from predictions.models.worker import Worker

__all__ = [
    "Dataset",
    "Feature",
    "ModelVersion",
    "Promotion",
    "RegisteredModel",
    "Signature",
    "Worker",
]
