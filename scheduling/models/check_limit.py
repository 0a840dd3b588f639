"""What a person changes of one check."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CASCADE

from predictions.models import RegisteredModel
from predictions.models.base import rules
from predictions.models.history import Recorded
from scheduling.checks import CHECKS_BY_ID
from scheduling.checks.base import UnknownLimit


class CheckLimit(models.Model):
    """A person's override of one check, for one registered model: off, not blocking, other limits."""

    registered_model = models.ForeignKey(RegisteredModel, CASCADE, related_name="check_limits")
    check_id = models.CharField("check", max_length=40)
    enabled = models.BooleanField(default=True, help_text="Run this check. Switched off, it is skipped.")
    blocking = models.BooleanField(
        default=True,
        help_text="A failure stops the promotion. Switched off: report a failure, but promote anyway.",
    )
    limits = models.JSONField(
        default=dict,
        blank=True,
        help_text='Only the limits that differ from the defaults: {"max_p95_ms": 80}',
    )

    history = Recorded()

    class Meta:
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
