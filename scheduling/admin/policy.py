"""Policies and recipes: what people decide, checked when they save it, and kept in a history."""

from __future__ import annotations

from django.contrib import admin

from predictions.admin.history import WithHistory
from scheduling.models import GatePolicy, Recipe


@admin.register(GatePolicy)
class GatePolicyAdmin(WithHistory):
    """When a candidate goes live."""

    list_display = ("registered_model", "primary_metric", "promote_when", "least_gain", "margin", "approval")


@admin.register(Recipe)
class RecipeAdmin(WithHistory):
    """How candidates are made."""

    list_display = ("registered_model", "estimator", "name_template", "parameters")
