"""How candidates of one registered model are trained."""

import re
import string

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CASCADE

from predictions.models import RegisteredModel
from predictions.models.base import Recorded

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
    """No candidate can be trained by this recipe; `field` is the one to correct."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class Recipe(models.Model):
    """How candidates of one registered model are trained: an estimator, and values to draw from."""

    registered_model = models.OneToOneField(RegisteredModel, CASCADE, related_name="recipe")
    estimator = models.CharField(
        max_length=40, help_text=f"The scikit-learn estimator. Supported: {', '.join(ESTIMATORS)}."
    )
    name_template = models.CharField(
        max_length=60, help_text="The name of each candidate; {braces} hold a parameter: rf-{n_estimators}"
    )
    parameters = models.JSONField(
        default=dict,
        blank=True,
        help_text='Parameters of the estimator, each with a list of values: {"n_estimators": [12, 24]}. '
        "Every run draws one value of each list.",
    )

    history = Recorded()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.registered_model}: {self.estimator}"

    def clean(self) -> None:
        try:
            self.check_recipe()
        except RecipeInvalid as error:
            raise ValidationError({error.field: str(error)}) from None

    def check_recipe(self) -> None:
        """Raise `RecipeInvalid` for what can be known without scikit-learn, which the web tier lacks."""
        if self.estimator not in ESTIMATORS:
            raise RecipeInvalid("estimator", f"Choose one of: {', '.join(ESTIMATORS)}.")
        if not isinstance(self.parameters, dict):
            raise RecipeInvalid("parameters", 'Enter an object, such as {"n_estimators": [12, 24]}.')
        for name, values in self.parameters.items():
            if not isinstance(values, list) or not values:
                why = f"The value of {name} must be a list with at least one item."
                raise RecipeInvalid("parameters", why)
        try:
            parts = list(string.Formatter().parse(self.name_template))
        except ValueError as error:
            raise RecipeInvalid("name_template", f"The braces do not match: {error}.") from None
        for literal, name, form, conversion in parts:
            if name is not None and name not in {*self.parameters, "run"}:
                raise RecipeInvalid("name_template", f"{{{name}}} is not one of the parameters.")
            if form or conversion or not PLAIN.fullmatch(literal):
                allowed = "Use letters, digits, dots, hyphens, underscores and {parameters} only."
                raise RecipeInvalid("name_template", allowed)
