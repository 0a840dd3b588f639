"""Datasets, and the workers that serve."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from predictions.admin import base
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import Dataset, Worker
from predictions.models.people.access import May
from predictions.zone import to_second

OF_THE_SOURCE = {"database", "query", "function", "root", "pattern"}


@admin.register(Dataset)
class DatasetAdmin(base.ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """The files of rows that versions are trained and judged on."""

    list_display = ("registered_model", "role", "source", "rows", "format", "file", "created_at")
    list_filter = (("registered_model", ModelFilter), "role", "source")
    fields: ClassVar[Any] = (
        "registered_model", "role", "source", "rows", "format", "file", "sha256", "origin", "created_at",
    )  # fmt: skip
    origin = base.column(
        "snapshot", lambda dataset: base.as_json(dataset.snapshot) if dataset.snapshot else "–"
    )
    origin_for_readers = base.column("snapshot", lambda dataset: base.as_json(_without_source(dataset)))

    def get_fields(self, request: HttpRequest, obj: Dataset | None = None) -> Any:
        """Who may not see the data source does not see it here either: a query tells of a database."""
        if obj is None or self.may(request, May.CHANGE_POLICY, obj):
            return self.fields
        return ["origin_for_readers" if name == "origin" else name for name in self.fields]


def _without_source(dataset: Dataset) -> dict[str, Any]:
    return {name: value for name, value in dataset.snapshot.items() if name not in OF_THE_SOURCE}


@admin.register(Worker)
class WorkerAdmin(base.ReadOnlyMixin, admin.ModelAdmin):
    """What each web worker serves, as it reports itself."""

    list_display = ("host", "pid", "versions", "serves_since", "last_seen", "problem", "log_problem")
    fields = ("host", "pid", "versions", "problem", "log_problem", "since", "seen_at")
    versions = base.json_column("serves")
    serves_since = base.column("serves these since", lambda worker: to_second(worker.since), ordering="since")

    @admin.display(description="last seen")
    def last_seen(self, worker: Worker) -> str:
        return f"{(timezone.now() - worker.seen_at).total_seconds():.0f} s ago"
