"""The audit in the admin, and the settings that decide which candidates go live."""

from predictions.admin.of_model import ChoicesFilter
from scheduling.admin import (
    approvals,
    data_sources,
    recipes,
    registered_models,
    registry,
    runs,
    schedules,
    telling,
)
from scheduling.admin.rules import limits, policy

__all__ = [
    "approvals",
    "data_sources",
    "limits",
    "policy",
    "recipes",
    "registered_models",
    "registry",
    "runs",
    "schedules",
    "telling",
]

ChoicesFilter.register_for("scheduling")
