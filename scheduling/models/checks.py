"""The checks: what a person changes of one for one model, and what one run found."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CASCADE, PROTECT, Q

from predictions.models import RegisteredModel
from predictions.models.base import AppendOnly, Recorded, rules
from scheduling.checks import CHECKS_BY_ID
from scheduling.checks.base import UnknownLimit
from scheduling.evidence.outcomes import Level
from scheduling.models.run import Run
from scheduling.models.setup.policy import GatePolicy


class CheckLimit(models.Model):
    """A person's override of one check for one model. `blocking` is None for the check's default."""

    registered_model = models.ForeignKey(RegisteredModel, CASCADE, related_name="check_limits")
    check_id = models.CharField("check", max_length=40)
    enabled = models.BooleanField(default=True, help_text="Run this check. Switched off, it is skipped.")
    blocking = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether a failure stops the promotion. “No”: report a failure, but promote anyway.",
    )
    limits = models.JSONField(
        default=dict,
        blank=True,
        help_text='Only the limits that differ from the defaults: {"max_p95_ms": 80}',
    )

    history = Recorded()

    class Meta:
        verbose_name = "limits of a check"
        verbose_name_plural = "limits"
        default_permissions = ()
        ordering = ["registered_model", "check_id"]
        constraints = rules(one_override_per_model_and_check=["registered_model", "check_id"])

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.check_id}"

    def clean(self) -> None:
        check = CHECKS_BY_ID.get(self.check_id)
        if check is None:
            raise ValidationError({"check_id": f"Choose one of: {', '.join(CHECKS_BY_ID)}."})
        try:
            check.with_limits(self.limits)
        except UnknownLimit as error:
            raise ValidationError({"limits": str(error)}) from None
        if wrong := check.contradictions(self.limits):
            raise ValidationError({"limits": [_about(name, why) for name, why in wrong.items()]})


def _about(limit: str, why: str) -> ValidationError:
    """A form shows it at the field of this limit."""
    return ValidationError("%(limit)s: %(why)s", params={"limit": limit, "why": why})


def blocking_by_default(model: RegisteredModel) -> frozenset[str]:
    """Return the ids of the checks that block where no override says otherwise.

    On a public model anybody can send requests: what rests on them only reports, unless the policy says that
    callers without a token may decide alone.
    """
    trusted = GatePolicy.objects.of(model).watch_anonymous == GatePolicy.Anonymous.TRUSTED
    believed = trusted or not model.public
    return frozenset(
        one.id for one in CHECKS_BY_ID.values() if one.blocks and (believed or not one.trusts_callers)
    )


class CheckResult(AppendOnly):
    """One check's outcome in one run: what was measured, and the limits that were in force."""

    run = models.ForeignKey(Run, PROTECT, related_name="results")
    check_id = models.CharField("check", max_length=40)
    level = models.CharField(max_length=15, choices=[(v.value, v.label) for v in Level])
    blocking = models.BooleanField(default=True)
    measured = models.JSONField(default=dict)
    limit = models.JSONField(default=dict)
    message = models.TextField()
    statistics = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    seconds = models.FloatField()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = rules(one_result_per_run_and_check=["run", "check_id"])

    def __str__(self) -> str:
        return f"{self.check_id}: {self.level}"

    @property
    def shown_level(self) -> str:
        """The level for a page: what does not stop a promotion is a warning there."""
        return Level.WARN if self.level == Level.FAIL and not self.blocking else self.get_level_display()


class EvidenceFile(AppendOnly):
    """The exhibits of one run: a file with its hash. `problem` says why there is none."""

    run = models.OneToOneField(Run, PROTECT, related_name="evidence_file")
    file = models.CharField(max_length=300, blank=True, help_text="The path relative to MEDIA_ROOT.")
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = rules(
            evidence_is_a_file_or_a_problem=Q(file="", sha256="") & ~Q(problem="")
            | ~Q(file="") & ~Q(sha256="") & Q(problem="")
        )

    def __str__(self) -> str:
        return f"evidence of {self.run}"
