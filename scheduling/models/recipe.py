"""How candidates of one registered model are made."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from predictions.models import RegisteredModel
from predictions.registry.history import Recorded


class Recipe(models.Model):
    """How candidates of one registered model are made: an estimator, and values to draw from."""

    registered_model = models.OneToOneField(RegisteredModel, on_delete=models.CASCADE, related_name="recipe")
    estimator = models.CharField(max_length=40, help_text="A name out of the program's allow-list.")
    name_template = models.CharField(
        max_length=60, help_text="Of the candidate: rf-{n_estimators}. Parameters in braces."
    )
    parameters = models.JSONField(
        default=dict,
        blank=True,
        help_text='Each with the values to draw one from: {"n_estimators": [12, 24]}',
    )

    history = Recorded()

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.estimator}"

    def clean(self) -> None:
        """Refuse an estimator that is not allowed, or parameters it does not have."""
        from scheduling.training.training import RecipeInvalid, check_recipe

        try:
            check_recipe(self)
        except RecipeInvalid as error:
            raise ValidationError({error.field: str(error)}) from None
