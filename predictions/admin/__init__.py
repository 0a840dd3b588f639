"""The registry in the admin: what is evidence can be read, what is a person's can be edited."""

from predictions.admin.feedback import FeedbackAdmin
from predictions.admin.ledger import PromotionAdmin
from predictions.admin.prediction_log import PredictionAdmin
from predictions.admin.registry import DatasetAdmin, RegisteredModelAdmin, SignatureAdmin, WorkerAdmin
from predictions.admin.request_counts import RequestCountAdmin
from predictions.admin.tokens import AuthTokenAdmin
from predictions.admin.versions import ModelVersionAdmin

__all__ = [
    "AuthTokenAdmin",
    "DatasetAdmin",
    "FeedbackAdmin",
    "ModelVersionAdmin",
    "PredictionAdmin",
    "PromotionAdmin",
    "RegisteredModelAdmin",
    "RequestCountAdmin",
    "SignatureAdmin",
    "WorkerAdmin",
]
