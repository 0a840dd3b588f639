"""Slices that people name: rows on which no candidate may be worse, however it does overall."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from predictions.models import RegisteredModel
from predictions.models.history import Recorded
from scheduling.slices.condition_parser import ConditionInvalid, parse


class Slice(models.Model):
    """A named condition on the features of one registered model."""

    registered_model = models.ForeignKey(RegisteredModel, on_delete=models.CASCADE, related_name="slices")
    name = models.CharField(max_length=100, help_text="For people: young Germans.")
    condition = models.CharField(
        max_length=500,
        help_text="country = DE and age < 25; the operators are =, !=, <, <=, >, >=, "
        "in (plan in basic | pro) and is missing. Text that holds a bar, a quote or the word and goes "
        "in double quotes.",
    )

    history = Recorded()

    class Meta:
        ordering = ["registered_model", "name"]
        constraints = [
            models.UniqueConstraint(fields=["registered_model", "name"], name="slice_name_is_unique_in_model")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.condition})"

    def clean(self) -> None:
        """Refuse a condition that the newest signature's features cannot answer."""
        if not self.registered_model_id:
            return
        signature = self.registered_model.signatures.order_by("-number").first()
        if signature is None:
            raise ValidationError({"registered_model": "It has no signature yet: add one first."})
        try:
            parse(self.condition, signature.spec().features)
        except ConditionInvalid as error:
            raise ValidationError({"condition": str(error)}) from None
