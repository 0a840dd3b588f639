"""Adds to the registry's page of datasets how worn an evaluation set is: that room knows no looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from predictions.admin.base import PreparedListMixin, ReadOnlyMixin
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
class WearingDatasetAdmin(PreparedListMixin, DatasetAdmin):
    """The registry's page with the looks that an evaluation set has seen."""

    list_display: Any = ("registered_model", "role", "rows", "wear", "file", "created_at")
    inlines = (LookInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Dataset | None = None) -> Any:
        """The wear is no column."""
        return (*super().get_readonly_fields(request, obj), "wear")

    def prepare(self, datasets: list[Dataset]) -> None:
        """Read how worn each is."""
        told = wear_of_each(datasets)
        for dataset in datasets:
            dataset.told_wear = told[dataset.pk]  # type: ignore[attr-defined]

    @admin.display(description="wear")
    def wear(self, dataset: Any) -> str:
        """How many looks, how much wider the interval, and whether fresh labels are due."""
        if not hasattr(dataset, "told_wear"):
            self.prepare([dataset])
        return str(dataset.told_wear)


def wear_of_each(datasets: Iterable[Dataset]) -> dict[int, str]:
    """For people, by the set's id; three queries whatever their number."""
    datasets = list(datasets)
    judged_on = [dataset for dataset in datasets if dataset.role == Dataset.Role.EVALUATION]
    looks, hold_outs = Look.objects.latest_of_each(judged_on), HoldOut.objects.of_each(judged_on)
    told = {each.pk: _wear(looks.get(each.pk), hold_outs.get(each.pk)) for each in judged_on}
    return {dataset.pk: told.get(dataset.pk, "–") for dataset in datasets}


def _wear(look: Look | None, hold_out: HoldOut | None) -> str:
    said = look.sentence if look else "no look yet"
    if hold_out is None or hold_out.shared is None:
        return said
    return f"{said}; {hold_out.shared:.0%} of its rows are those of an older set, whose looks it continues"
