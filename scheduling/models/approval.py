"""What waits for a person, and how it was answered: rows that are written once."""

from django.conf import settings
from django.db import models
from django.db.models import PROTECT, Q

from predictions.models import Promotion, RegisteredModel
from predictions.models.base import LONGEST_NAME, AppendOnly, rules
from scheduling.models.run import Run


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """Questions about many requests."""

    def open(self, registered_model: RegisteredModel | None = None) -> "ApprovalRequestQuerySet":
        """Those without an answer, of one model or of all, newest first."""
        only = {} if registered_model is None else {"run__registered_model": registered_model}
        waiting = self.filter(run__decision=Run.Decision.AWAITING_APPROVAL, **only)
        return waiting.order_by("-run_id").select_related("run__registered_model", "run__evaluation_dataset")


class ApprovalRequest(AppendOnly):
    """A run's candidate passed the gate; a person decides about it until `expires_at`."""

    run = models.OneToOneField(Run, PROTECT, related_name="approval_request")
    replacing = models.ForeignKey(Promotion, PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = rules(a_question_is_open_for_a_while=Q(expires_at__gt=models.F("asked_at")))

    def __str__(self) -> str:
        return f"approval of {self.run}"


class ApprovalAnswer(AppendOnly):
    """The one answer to a request: of a person, or that it lapsed. Written by `approvals.approvals`."""

    class Kind(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"
        LAPSED = "lapsed"

    request = models.OneToOneField(ApprovalRequest, PROTECT, related_name="answer")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.CharField(max_length=LONGEST_NAME)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = rules(
            an_answer_says_who_and_why=~Q(by="") & ~Q(reason=""),
            only_a_person_approves_or_refuses=Q(kind="lapsed", user__isnull=True)
            | Q(kind__in=["approved", "refused"], user__isnull=False),
        )

    def __str__(self) -> str:
        return f"{self.kind} by {self.by}"
