"""The audit in the admin, and what people ask of their models."""

from scheduling.admin.answers import ApprovalAnswerAdmin
from scheduling.admin.datasets import WearingDatasetAdmin
from scheduling.admin.engine import StoredJobAdmin
from scheduling.admin.ledger import EvidencedPromotionAdmin
from scheduling.admin.limits import CheckLimitAdmin
from scheduling.admin.policy import GatePolicyAdmin
from scheduling.admin.recipes import RecipeAdmin
from scheduling.admin.registered_models import GovernedModelAdmin
from scheduling.admin.runs import RunAdmin
from scheduling.admin.schedules import ScheduleAdmin
from scheduling.admin.slices import SliceAdmin
from scheduling.admin.versions import ValidatingModelVersionAdmin
from scheduling.admin.watches import WatchAdmin

__all__ = [
    "ApprovalAnswerAdmin",
    "CheckLimitAdmin",
    "EvidencedPromotionAdmin",
    "GatePolicyAdmin",
    "GovernedModelAdmin",
    "RecipeAdmin",
    "RunAdmin",
    "ScheduleAdmin",
    "SliceAdmin",
    "StoredJobAdmin",
    "ValidatingModelVersionAdmin",
    "WatchAdmin",
    "WearingDatasetAdmin",
]
