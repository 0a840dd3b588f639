"""The registry in the admin: what is evidence can be read, what is a person's can be edited."""

from predictions.admin.prediction_log import FeedbackAdmin, PredictionAdmin, RequestCountAdmin
from predictions.admin.registry import DatasetAdmin, RegisteredModelAdmin, SignatureAdmin, WorkerAdmin
from predictions.admin.tokens import AuthTokenAdmin
from predictions.admin.versions import ModelVersionAdmin, PromotionAdmin

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
