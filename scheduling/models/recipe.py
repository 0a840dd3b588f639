"""How candidates of one registered model are made."""

from __future__ import annotations

import re
import string

from django.core.exceptions import ValidationError
from django.db import models

from predictions.models import RegisteredModel
from predictions.models.history import Recorded

ESTIMATORS = {
    "DecisionTreeClassifier": "sklearn.tree",
    "DecisionTreeRegressor": "sklearn.tree",
    "ExtraTreesClassifier": "sklearn.ensemble",
    "ExtraTreesRegressor": "sklearn.ensemble",
    "GradientBoostingClassifier": "sklearn.ensemble",
    "GradientBoostingRegressor": "sklearn.ensemble",
    "LinearRegression": "sklearn.linear_model",
    "LogisticRegression": "sklearn.linear_model",
    "RandomForestClassifier": "sklearn.ensemble",
    "RandomForestRegressor": "sklearn.ensemble",
    "Ridge": "sklearn.linear_model",
}
PLAIN = re.compile(r"[A-Za-z0-9._-]*")


class RecipeInvalid(Exception):
    """A recipe that no candidate can be made by; `field` is the one to mend."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


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
        try:
            self.check_recipe()
        except RecipeInvalid as error:
            raise ValidationError({error.field: str(error)}) from None

    def check_recipe(self) -> None:
        """Raise `RecipeInvalid` for what can be known without scikit-learn, which the web tier lacks."""
        if self.estimator not in ESTIMATORS:
            raise RecipeInvalid("estimator", f"One of: {', '.join(ESTIMATORS)}")
        if not isinstance(self.parameters, dict):
            raise RecipeInvalid("parameters", "An object: parameter names, each with a list of values.")
        for name, values in self.parameters.items():
            if not isinstance(values, list) or not values:
                raise RecipeInvalid("parameters", f"{name}: a list of at least one value.")
        self._check_name_template()

    def _check_name_template(self) -> None:
        """Raise `RecipeInvalid` unless it gives plain file names of known parameters."""
        try:
            parts = list(string.Formatter().parse(self.name_template))
        except ValueError as error:
            raise RecipeInvalid("name_template", str(error)) from None
        known = {*self.parameters, "run"}
        for literal, name, form, conversion in parts:
            if name is not None and name not in known:
                raise RecipeInvalid("name_template", f"No such parameter: {name or '{}'}")
            if form or conversion or not PLAIN.fullmatch(literal):
                raise RecipeInvalid("name_template", "Letters, digits, dot, hyphen, underscore, parameters.")
