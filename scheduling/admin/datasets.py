"""Adds to the registry's page of datasets how worn an evaluation set is: that room knows no looks."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from predictions.admin.base import ReadOnlyMixin
from predictions.admin.registry import DatasetAdmin
from predictions.models import Dataset
from scheduling.models import HoldOut, Look

admin.site.unregister(Dataset)


class LookInline(ReadOnlyMixin, admin.TabularInline):
    """Every look that was counted."""

    model = Look
    fk_name = "evaluation_dataset"
    fields = ("number", "run", "candidate", "champion", "metric", "alpha", "margin_factor", "at")
    readonly_fields = fields
    ordering = ("-number",)


@admin.register(Dataset)
class WearingDatasetAdmin(DatasetAdmin):
    """The registry's page with the looks that an evaluation set has seen."""

    list_display: Any = ("registered_model", "role", "rows", "wear", "file", "created_at")
    inlines = (LookInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Dataset | None = None) -> Any:
        """The wear is no column."""
        return (*super().get_readonly_fields(request, obj), "wear")

    @admin.display(description="wear")
    def wear(self, dataset: Dataset) -> str:
        """How many looks, how much wider the interval, and whether fresh labels are due."""
        return wear_of(dataset)


def wear_of(dataset: Dataset | None) -> str:
    """For people."""
    if dataset is None or dataset.role != Dataset.Role.EVALUATION:
        return "–"
    look = Look.objects.latest_of(dataset)
    said = look.sentence if look else "no look yet"
    hold_out = HoldOut.objects.filter(evaluation_dataset=dataset).first()
    if hold_out is None or hold_out.shared is None:
        return said
    return f"{said}; {hold_out.shared:.0%} of its rows are those of an older set, whose looks it continues"
