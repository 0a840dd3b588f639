"""Slices that people name: rows on which no candidate may be worse, however it does overall."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CASCADE

from predictions.models import RegisteredModel, Signature
from predictions.models.base import Recorded, rules
from scheduling.slices.conditions import ConditionInvalid, parse


class Slice(models.Model):
    """A named condition on the features of one registered model."""

    registered_model = models.ForeignKey(RegisteredModel, CASCADE, related_name="slices")
    name = models.CharField(max_length=100, help_text="A name for reports, such as “young Germans”.")
    condition = models.CharField(
        max_length=500,
        help_text="Which rows belong to it: country = DE and age < 25. The operators are =, !=, <, <=, >, "
        ">=, in (plan in basic | pro) and is missing. Put text in double quotes if it holds a bar, a quote "
        "or the word “and”.",
    )

    history = Recorded()

    class Meta:
        default_permissions = ()
        ordering = ["registered_model", "name"]
        constraints = rules(slice_name_is_unique_in_model=["registered_model", "name"])

    def __str__(self) -> str:
        return f"{self.name} ({self.condition})"

    def clean(self) -> None:
        if not self.registered_model_id:
            return
        signature = Signature.objects.newest_of(self.registered_model)
        if signature is None:
            told = "The columns of this model are not known yet. Register it with its data first."
            raise ValidationError({"registered_model": told})
        try:
            parse(self.condition, signature.spec().features)
        except ConditionInvalid as error:
            raise ValidationError({"condition": str(error)}) from None
