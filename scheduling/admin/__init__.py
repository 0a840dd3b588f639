"""The audit in the admin, and the settings that decide which candidates go live."""

from scheduling.admin import (
    approvals,
    data_sources,
    limits,
    policy,
    recipes,
    registered_models,
    registry,
    runs,
    schedules,
    telling,
)

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
