"""What people ask of a model's candidates: the policy, the limits of checks, and the recipe."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from predictions.history import Recorded
from predictions.models import RegisteredModel


class GatePolicy(models.Model):
    """When a candidate of one registered model goes live."""

    class Metric(models.TextChoices):
        """What "better" is about."""

        F1_MACRO = "f1_macro"
        ACCURACY = "accuracy"

    class PromoteWhen(models.TextChoices):
        """Which verdicts flip."""

        BETTER = "better", "better than the champion"
        NOT_WORSE = "not_worse", "not worse than the champion by more than the margin"

    class Approval(models.TextChoices):
        """Who flips what the gate lets by."""

        AUTOMATIC = "automatic", "the gate, by itself"
        BY_PERSON = "by_person", "a person, who approves the run"
        NEVER = "never", "nobody: a dry run"

    registered_model = models.OneToOneField(RegisteredModel, on_delete=models.CASCADE, related_name="policy")
    primary_metric = models.CharField(max_length=20, choices=Metric.choices, default=Metric.F1_MACRO)
    promote_when = models.CharField(max_length=10, choices=PromoteWhen.choices, default=PromoteWhen.BETTER)
    least_gain = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0.0)],
        help_text="Better: the whole interval of the gain lies above this.",
    )
    margin = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0.0)],
        help_text="Not worse: the whole interval of the gain lies above minus this.",
    )
    approval = models.CharField(
        "who flips",
        max_length=10,
        choices=Approval.choices,
        default=Approval.AUTOMATIC,
        help_text="What becomes of a candidate that passes: it goes live, it waits, or it is only told of.",
    )

    history = Recorded()

    class Meta:
        verbose_name_plural = "gate policies"

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.get_promote_when_display()} by {self.primary_metric}"


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
        from scheduling.checks import CHECKS_BY_ID
        from scheduling.checks.base import UnknownLimit

        check = CHECKS_BY_ID.get(self.check_id)
        if check is None:
            raise ValidationError({"check_id": f"One of: {', '.join(CHECKS_BY_ID)}"})
        try:
            check.with_limits(self.limits)
        except UnknownLimit as error:
            raise ValidationError({"limits": str(error)}) from None


class Recipe(models.Model):
    """How candidates of one registered model are made: an estimator, and values to draw from."""

    registered_model = models.OneToOneField(RegisteredModel, on_delete=models.CASCADE, related_name="recipe")
    estimator = models.CharField(max_length=40, help_text="A name out of the program's allow-list.")
    name_template = models.CharField(
        max_length=60, help_text="Of the candidate: rf-{n_estimators}. Parameters in braces."
    )
    parameters = models.JSONField(
        default=dict, help_text='Each with the values to draw one from: {"n_estimators": [12, 24]}'
    )

    history = Recorded()

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.estimator}"

    def clean(self) -> None:
        """Refuse an estimator that is not allowed, or parameters it does not have."""
        from scheduling.training import RecipeInvalid, check_recipe

        try:
            check_recipe(self)
        except RecipeInvalid as error:
            raise ValidationError({error.field: str(error)}) from None
