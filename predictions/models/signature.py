"""The input and output contract of a registered model, as rows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CASCADE, PROTECT, F, Q

from predictions.contract.feature_rules import problems_of
from predictions.contract.fields import FeatureSpec, Kind
from predictions.contract.names import KEYS_OF_REPLIES, problem_of_feature, problem_of_output
from predictions.contract.signature import SignatureSpec
from predictions.models.base import rules
from predictions.models.registered_model import RegisteredModel

SAME = (
    "name", "minimum", "exclusive_minimum", "maximum", "exclusive_maximum", "required", "example", "dtype",
    "description",
)  # fmt: skip


class SignatureManager(models.Manager["Signature"]):
    """Finds a signature by the names that fixtures use, and the newest of a model."""

    def get_by_natural_key(self, registered_model: str, number: int) -> Signature:
        return self.get(registered_model__name=registered_model, number=number)

    def newest_of(self, registered_model: RegisteredModel | int) -> Signature | None:
        """Return the one that new versions of a model, or of that id, are made for; None before the first."""
        return self.filter(registered_model=registered_model).order_by("-number").first()


class Signature(models.Model):
    """One version of a registered model's contract; immutable once a model version refers to it."""

    class Task(models.TextChoices):
        CLASSIFICATION = "classification"
        REGRESSION = "regression"

    registered_model = models.ForeignKey(RegisteredModel, PROTECT, related_name="signatures")
    number = models.PositiveIntegerField()
    task = models.CharField(max_length=20, choices=Task.choices)
    output_name = models.CharField(max_length=64, help_text="The key of the prediction in answers.")
    labels = models.JSONField(default=list, blank=True, help_text="A classification's labels, in order.")

    objects = SignatureManager()

    class Meta:
        default_permissions = ()
        ordering = ["registered_model", "number"]
        constraints = rules(
            signature_number_is_unique_in_model=["registered_model", "number"],
            signature_number_from_one=Q(number__gte=1),
            signature_output_is_no_key_of_replies=~Q(output_name__in=KEYS_OF_REPLIES),
        )

    def __str__(self) -> str:
        return f"{self.registered_model} signature {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_change_once_used()
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raise `ValidationError` by field: the task says whether there are labels, replies which names."""
        errors = {}
        if problem := problem_of_output(self.output_name):
            errors["output_name"] = problem
        elif self.pk and self.features.filter(name=self.output_name).exists():
            errors["output_name"] = problem_of_feature(self.output_name, output=self.output_name)
        if self.task == self.Task.CLASSIFICATION and not self.labels:
            errors["labels"] = "List the labels of the classification, such as no and yes."
        if self.task == self.Task.REGRESSION and self.labels:
            errors["labels"] = "Leave this empty: a regression has no labels."
        if errors:
            raise ValidationError(errors)

    def refuse_change_once_used(self) -> None:
        """Raise `ValidationError` where a model version was made for this signature."""
        if self.pk and self.versions.exists():
            raise ValidationError(f"{self} is used by model versions and cannot be changed. Make a new one.")

    def spec(self) -> SignatureSpec:
        return SignatureSpec(
            task=self.task, output_name=self.output_name, labels=tuple(self.labels),
            features=tuple(feature.spec() for feature in self.features.order_by("position")),
        )  # fmt: skip


class Feature(models.Model):
    """One input of a signature, in its position."""

    signature = models.ForeignKey(Signature, CASCADE, related_name="features")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=9, choices=[(kind.value, kind.value) for kind in Kind])
    minimum = models.FloatField(null=True, blank=True)
    exclusive_minimum = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    exclusive_maximum = models.FloatField(null=True, blank=True)
    categories = models.JSONField(default=list, blank=True, help_text="Of a category: all its values.")
    dtype = models.CharField(
        "data type",
        max_length=60,
        blank=True,
        help_text="In which pandas gives a timestamp or category to the model: datetime64[us], "
        "datetime64[us, UTC] (then requests need a time zone), or category. Usually empty.",
    )
    required = models.BooleanField(default=True)
    example = models.JSONField()
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["signature", "position"]
        constraints = rules(
            feature_position_is_unique_in_signature=["signature", "position"],
            feature_name_is_unique_in_signature=["signature", "name"],
            feature_has_one_lower_bound=Q(minimum__isnull=True) | Q(exclusive_minimum__isnull=True),
            feature_has_one_upper_bound=Q(maximum__isnull=True) | Q(exclusive_maximum__isnull=True),
            feature_bounds_are_in_order=Q(minimum__isnull=True)
            | Q(maximum__isnull=True)
            | Q(minimum__lte=F("maximum")),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_change_once_used()
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Raise `ValidationError` by field: names that can be used, and what belongs to the kind."""
        signature = getattr(self, "signature", None)
        errors = dict(problems_of(self.spec())) if self.kind in [*Kind] else {}
        if problem := problem_of_feature(self.name, output=signature.output_name if signature else ""):
            errors["name"] = problem
        if errors:
            raise ValidationError(errors)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        self._refuse_change_once_used()
        return super().delete(*args, **kwargs)

    def _refuse_change_once_used(self) -> None:
        """Look at the signature it goes to, and at the one it was of."""
        for signature in {self.signature, *Signature.objects.filter(features=self.pk)}:
            signature.refuse_change_once_used()

    def spec(self) -> FeatureSpec:
        columns = {name: getattr(self, name) for name in SAME}
        return FeatureSpec(kind=Kind(self.kind), categories=tuple(self.categories), **columns)
