"""What one registered model asks of its candidates: the metric, how much, and from where on."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from predictions.models import RegisteredModel, Signature
from predictions.models.history import Recorded
from scheduling.evidence.policy import Policy
from scheduling.statistics.metrics.table import METRICS, REGRESSION, metrics_of

LEAST_BAKE = 15  # minutes: three blocks of the watch
NOT_NEGATIVE = MinValueValidator(0.0)


class GatePolicyManager(models.Manager["GatePolicy"]):
    """Finds a model's policy; without one the careful defaults hold."""

    def of(self, registered_model: RegisteredModel) -> GatePolicy:
        """The policy of this model; where there is none, one with all defaults for its task, unsaved."""
        kept = self.filter(registered_model=registered_model).first()
        if kept is not None:
            return kept
        signature = registered_model.signatures.order_by("-number").first()
        regression = signature is not None and signature.task == REGRESSION
        defaults = {"primary_metric": "rmse"} if regression else {}
        return self.model(registered_model_id=registered_model.pk, **defaults)


class GatePolicy(models.Model):
    """When a candidate of one registered model goes live."""

    class PromoteWhen(models.TextChoices):
        """Which verdicts flip."""

        BETTER = "better", "better than the champion"
        NOT_WORSE = "not_worse", "not worse than the champion by more than the margin"

    class Approval(models.TextChoices):
        """Who flips what the gate lets by."""

        AUTOMATIC = "automatic", "the gate, by itself"
        BY_PERSON = "by_person", "a person, who approves the run"
        NEVER = "never", "nobody: a dry run"

    class Anonymous(models.TextChoices):
        """How callers without a token count in the watch."""

        ONE_CALLER = "one_caller", "count together as one caller, who never decides alone"
        LEFT_OUT = "left_out", "are left out"
        TRUSTED = "trusted", "may decide alone"

    registered_model = models.OneToOneField(RegisteredModel, on_delete=models.CASCADE, related_name="policy")
    primary_metric = models.CharField(
        max_length=20, choices=[(name, name) for name in METRICS], default="f1_macro"
    )
    promote_when = models.CharField(max_length=10, choices=PromoteWhen.choices, default=PromoteWhen.BETTER)
    least_gain = models.FloatField(
        default=0.0,
        validators=[NOT_NEGATIVE],
        help_text="Better: the whole interval of the gain lies above this.",
    )
    margin = models.FloatField(
        default=0.0,
        validators=[NOT_NEGATIVE],
        help_text="Not worse: the whole interval of the gain lies above minus this.",
    )
    relative = models.BooleanField(
        default=False, help_text="Least gain and margin are shares of the champion's value, without its sign."
    )
    floors = models.JSONField(
        default=dict,
        blank=True,
        help_text='Values never to be on the wrong side of: {"accuracy": 0.9, "log_loss": 0.4} '
        "means accuracy at least 0.9 and log loss at most 0.4.",
    )
    group_column = models.CharField(
        max_length=100,
        blank=True,
        help_text="A column of the evaluation file that says which rows belong together, such as a patient.",
    )
    log_loss_floor = models.FloatField(
        default=0.01,
        validators=[MinValueValidator(1e-9), MaxValueValidator(0.49)],
        help_text="The least probability that each of two labels is given, of k labels 2/k of it: one row "
        "without any costs 36 otherwise.",
    )
    pinball_quantile = models.FloatField(
        default=0.5, validators=[MinValueValidator(0.001), MaxValueValidator(0.999)]
    )
    positive_label = models.JSONField(
        null=True,
        blank=True,
        help_text="Of two labels the one that roc_auc and average_precision look for. Empty: the last. "
        "Of more it is the mean over all, and this stays empty.",
    )
    approval = models.CharField(
        "who flips",
        max_length=10,
        choices=Approval.choices,
        default=Approval.AUTOMATIC,
        help_text="What becomes of a candidate that passes: it goes live, it waits, or it is only told of.",
    )
    bake_minutes = models.PositiveIntegerField(
        "bake time in minutes",
        default=0,
        validators=[MaxValueValidator(60 * 24 * 30)],
        help_text="How long the scheduler watches a version that went live. 0: never.",
    )
    watch_alpha = models.FloatField(
        default=0.05,
        validators=[MinValueValidator(1e-6), MaxValueValidator(0.2)],
        help_text="At most this share of the watches rolls back where nothing got worse.",
    )
    watch_anonymous = models.CharField(
        "callers without a token",
        max_length=10,
        choices=Anonymous.choices,
        default=Anonymous.ONE_CALLER,
        help_text="Anybody who reaches the API can send requests that look bad. Let callers without a token "
        "decide alone only where nobody but your own programs reaches it: each of them can then have a "
        "version rolled back.",
    )
    error_tolerance = models.FloatField(
        default=0.02,
        validators=[MinValueValidator(1e-6), MaxValueValidator(0.5)],
        help_text="How much larger the share of requests that fail may be in five minutes than before.",
    )
    latency_tolerance = models.FloatField(
        default=1.25,
        validators=[MinValueValidator(1.0)],
        help_text="Five minutes are slow when their 95th percentile is over so many times that of before.",
    )
    mix_tolerance = models.FloatField(
        default=0.10,
        validators=[NOT_NEGATIVE, MaxValueValidator(1.0)],
        help_text="How far the share of a label may be from what the version before answers to the same "
        "requests, beside the difference that the gate saw. Of values: how far their mean, as a share of how "
        "far the middle 90 % of the evaluation targets reach.",
    )
    loss_tolerance = models.FloatField(
        default=0.01,
        validators=[NOT_NEGATIVE, MaxValueValidator(1.0)],
        help_text="By how much the mean loss on true labels, from 0 to 1, may be above the version before's.",
    )

    objects = GatePolicyManager()
    history = Recorded()

    class Meta:
        verbose_name_plural = "gate policies"

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.get_promote_when_display()} by {self.primary_metric}"

    @property
    def for_the_gate(self) -> Policy:
        """What the gate reads of it."""
        return Policy(**{name: getattr(self, name) for name in Policy.names()})

    def clean(self) -> None:
        """Refuse a bake time that sees nothing, and what does not fit the newest signature."""
        if 0 < self.bake_minutes < LEAST_BAKE:
            raise ValidationError({"bake_minutes": f"0, or at least {LEAST_BAKE}: evidence takes time."})
        if not isinstance(self.floors, dict):
            raise ValidationError({"floors": 'An object, such as {"accuracy": 0.9}.'})
        signature = Signature.objects.filter(registered_model=self.registered_model_id).last()
        errors = _problems_of_numbers(self.floors)
        if signature is not None:
            errors |= self._problems_with(signature)
        if errors:
            raise ValidationError(errors)

    def _problems_with(self, signature: Signature) -> dict[str, str]:
        known = [metric.name for metric in metrics_of(signature.task)]
        refusal = f"not a metric of {signature}. Those are: {', '.join(known)}"
        problems = {}
        if self.primary_metric in METRICS and self.primary_metric not in known:
            problems["primary_metric"] = f"{self.primary_metric}: {refusal}"
        if strange := [name for name in self.floors if name not in known]:
            problems["floors"] = f"{', '.join(strange)}: {refusal}"
        if self.positive_label is not None and len(signature.labels) > 2:
            problems["positive_label"] = f"{signature} has more than two labels: ranks are the mean over all."
        elif self.positive_label is not None and self.positive_label not in signature.labels:
            problems["positive_label"] = f"One of: {', '.join(map(str, signature.labels))}"
        if self.group_column == signature.output_name:
            problems["group_column"] = "That is what is predicted."
        return problems


def _is_finite(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _problems_of_numbers(floors: dict[str, Any]) -> dict[str, str]:
    for name, value in floors.items():
        if not _is_finite(value):
            return {"floors": f"{name}: a finite number."}
    return {}
