"""When to validate, what to ask of a candidate, and what happened."""

from scheduling.models.approval import ApprovalAnswer, ApprovalRequest
from scheduling.models.check_limit import CheckLimit
from scheduling.models.lease import Lease
from scheduling.models.look import HoldOut, Look
from scheduling.models.policy import GatePolicy
from scheduling.models.recipe import Recipe
from scheduling.models.results import CheckResult, EvidenceFile
from scheduling.models.run import Run
from scheduling.models.schedule import Schedule
from scheduling.models.slice import Slice
from scheduling.models.watch import Watch

__all__ = [
    "ApprovalAnswer",
    "ApprovalRequest",
    "CheckLimit",
    "CheckResult",
    "EvidenceFile",
    "GatePolicy",
    "HoldOut",
    "Lease",
    "Look",
    "Recipe",
    "Run",
    "Schedule",
    "Slice",
    "Watch",
]
