"""When to validate, what to ask of a candidate, and what happened."""

from scheduling.models.approval import ApprovalAnswer as ApprovalAnswer
from scheduling.models.approval import ApprovalRequest as ApprovalRequest
from scheduling.models.checks import CheckLimit as CheckLimit
from scheduling.models.checks import CheckResult as CheckResult
from scheduling.models.checks import EvidenceFile as EvidenceFile
from scheduling.models.lease import Lease as Lease
from scheduling.models.notices.notification import Delivery as Delivery
from scheduling.models.notices.notification import Notice as Notice
from scheduling.models.notices.subscription import Subscription as Subscription
from scheduling.models.records.back_test import BackTest as BackTest
from scheduling.models.records.look import HoldOut as HoldOut
from scheduling.models.records.look import Look as Look
from scheduling.models.records.schedule_look import ScheduleLook as ScheduleLook
from scheduling.models.records.simulation import Simulation as Simulation
from scheduling.models.records.source_trial import SourceTrial as SourceTrial
from scheduling.models.records.training_output import TrainingOutput as TrainingOutput
from scheduling.models.records.trial import Trial as Trial
from scheduling.models.run import Run as Run
from scheduling.models.schedule import Schedule as Schedule
from scheduling.models.setup.data_source import DataSource as DataSource
from scheduling.models.setup.policy import GatePolicy as GatePolicy
from scheduling.models.setup.recipe import Recipe as Recipe
from scheduling.models.setup.slice import Slice as Slice
from scheduling.models.watch import Watch as Watch
