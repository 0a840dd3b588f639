"""A person's override of one check's limits."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from predictions.models import RegisteredModel
from predictions.models.history import Recorded
from scheduling.checks import CHECKS_BY_ID
from scheduling.checks.base import UnknownLimit


class CheckLimit(models.Model):
    """A person's override of one check, for one registered model: off, not blocking, other limits."""

    registered_model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="check_limits"
    )
    check_id = models.CharField("check", max_length=40)
    enabled = models.BooleanField(default=True, help_text="Off: the check is not asked at all.")
    blocking = models.BooleanField(default=True, help_text="Off: a failure is told, and flips all the same.")
    limits = models.JSONField(
        default=dict, blank=True, help_text='Those that differ from the defaults: {"max_p95_ms": 80}'
    )

    history = Recorded()

    class Meta:
        ordering = ["registered_model", "check_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["registered_model", "check_id"], name="one_override_per_model_and_check"
            )
        ]

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.check_id}"

    def clean(self) -> None:
        """Refuse limits that the check does not have, or of another type."""
        check = CHECKS_BY_ID.get(self.check_id)
        if check is None:
            raise ValidationError({"check_id": f"One of: {', '.join(CHECKS_BY_ID)}"})
        try:
            check.with_limits(self.limits)
        except UnknownLimit as error:
            raise ValidationError({"limits": str(error)}) from None
