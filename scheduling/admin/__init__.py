"""The audit in the admin, and the settings that decide which candidates go live."""

from scheduling.admin import (
    approvals,
    datasets,
    ledger,
    limits,
    policy,
    registered_models,
    runs,
    schedules,
    versions,
)

__all__ = ["approvals", "datasets", "ledger", "limits", "policy", "registered_models", "runs", "schedules"]
__all__ += ["versions"]
