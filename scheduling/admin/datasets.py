"""The registry's page of datasets, with how often each evaluation set has been used."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from predictions.admin.base import PreparedListMixin, ReadOnlyMixin
from predictions.admin.registry import DatasetAdmin
from predictions.models import Dataset
from scheduling.models import HoldOut, Look

admin.site.unregister(Dataset)
NOT_USED = "not used yet"


class LookInline(ReadOnlyMixin, admin.TabularInline):
    """Each counted use of the set."""

    model = Look
    fk_name = "evaluation_dataset"
    verbose_name_plural = "uses of this evaluation set"
    fields = ("number", "run", "candidate", "champion", "metric", "alpha", "margin_factor", "at")
    readonly_fields = fields
    ordering = ("-number",)


@admin.register(Dataset)
class UsedDatasetAdmin(PreparedListMixin, DatasetAdmin):
    """Adds the uses: the registry does not know them."""

    list_display: Any = ("registered_model", "role", "rows", "use", "file", "created_at")
    inlines = (LookInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Dataset | None = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "use")

    def prepare(self, datasets: list[Dataset]) -> None:
        shown = use_of_each(datasets)
        for dataset in datasets:
            dataset.shown_use = shown[dataset.pk]  # type: ignore[attr-defined]

    @admin.display(description="use")
    def use(self, dataset: Any) -> str:
        """How often it was used, how much wider the interval is, and whether it needs new labels."""
        if not hasattr(dataset, "shown_use"):
            self.prepare([dataset])
        return str(dataset.shown_use)


def use_of_each(datasets: Collection[Dataset]) -> dict[int, str]:
    """Return a sentence for each dataset, by its id, in three queries; "–" for other roles."""
    shown = {dataset.pk: "–" for dataset in datasets}
    evaluation = [dataset for dataset in datasets if dataset.role == Dataset.Role.EVALUATION]
    looks, hold_outs = Look.objects.latest_of_each(evaluation), HoldOut.objects.of_each(evaluation)
    for pk in (dataset.pk for dataset in evaluation):
        shown[pk] = looks[pk].sentence if pk in looks else NOT_USED
        if pk in hold_outs and (shared := hold_outs[pk].shared) is not None:
            shown[pk] += f"; {shared:.0%} of its rows come from an older set, whose uses count here too"
    return shown
