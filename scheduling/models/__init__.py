"""When to validate, what to ask of a candidate, and what happened."""

from scheduling.models.approval import ApprovalAnswer, ApprovalRequest
from scheduling.models.lease import Lease
from scheduling.models.policy import CheckLimit, GatePolicy, Recipe
from scheduling.models.run import CheckResult, Run
from scheduling.models.schedule import Schedule

__all__ = [
    "ApprovalAnswer",
    "ApprovalRequest",
    "CheckLimit",
    "CheckResult",
    "GatePolicy",
    "Lease",
    "Recipe",
    "Run",
    "Schedule",
]
