"""When to validate, what to ask of a candidate, and what happened."""

from scheduling.models.approval import ApprovalAnswer as ApprovalAnswer
from scheduling.models.approval import ApprovalRequest as ApprovalRequest
from scheduling.models.checks import CheckLimit as CheckLimit
from scheduling.models.checks import CheckResult as CheckResult
from scheduling.models.checks import EvidenceFile as EvidenceFile
from scheduling.models.data_source import DataSource as DataSource
from scheduling.models.lease import Lease as Lease
from scheduling.models.look import HoldOut as HoldOut
from scheduling.models.look import Look as Look
from scheduling.models.notification import Delivery as Delivery
from scheduling.models.notification import Notice as Notice
from scheduling.models.policy import GatePolicy as GatePolicy
from scheduling.models.recipe import Recipe as Recipe
from scheduling.models.run import Run as Run
from scheduling.models.schedule import Schedule as Schedule
from scheduling.models.schedule_look import ScheduleLook as ScheduleLook
from scheduling.models.simulation import Simulation as Simulation
from scheduling.models.slice import Slice as Slice
from scheduling.models.source_trial import SourceTrial as SourceTrial
from scheduling.models.subscription import Subscription as Subscription
from scheduling.models.training_output import TrainingOutput as TrainingOutput
from scheduling.models.trial import Trial as Trial
from scheduling.models.watch import Watch as Watch
