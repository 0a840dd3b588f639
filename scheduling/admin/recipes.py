"""How candidates are made, checked when it is saved."""

from django.contrib import admin

from predictions.admin.history import WithHistory
from scheduling.models import Recipe


@admin.register(Recipe)
class RecipeAdmin(WithHistory):
    """How candidates are made."""

    list_display = ("registered_model", "estimator", "name_template", "parameters")
