"""How candidates are made, checked when it is saved."""

from django.contrib import admin

from scheduling.models import Recipe


@admin.register(Recipe)
class RecipeAdmin(admin.ModelAdmin):
    """How candidates are made."""

    list_display = ("registered_model", "estimator", "name_template", "parameters")
