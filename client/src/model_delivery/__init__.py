"""Brings fitted models to a server of Models in delivery: `Delivery` is the door."""

from model_delivery.delivery import Delivery
from model_delivery.errors import (
    AccessDenied,
    Conflict,
    DeliveryError,
    InvalidInput,
    NotFound,
    Problem,
    RunFailed,
    ServerFailed,
    TimedOut,
    TooLarge,
    TryLater,
    Unreachable,
)
from model_delivery.model import Model
from model_delivery.records import Promotion, Run, Verdict

__all__ = [
    "AccessDenied",
    "Conflict",
    "Delivery",
    "DeliveryError",
    "InvalidInput",
    "Model",
    "NotFound",
    "Problem",
    "Promotion",
    "Run",
    "RunFailed",
    "ServerFailed",
    "TimedOut",
    "TooLarge",
    "TryLater",
    "Unreachable",
    "Verdict",
]
