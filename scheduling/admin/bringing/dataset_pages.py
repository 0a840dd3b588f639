"""What a dataset's page shows of its columns, with a small picture of each, and where the dataset is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from predictions.admin.registry import DatasetAdmin
from predictions.contract.numbers import counted
from predictions.models import Dataset, ModelVersion
from predictions.models.people.access import May, allowed, holds
from predictions.paths import admin_path
from scheduling.models import Run
from scheduling.registering.telling import told_dataset

WIDTH, HEIGHT, GAP = 120.0, 30.0, 1.0
LATEST = 20
RANGE = ("minimum", "median", "maximum")


class DatasetPages(DatasetAdmin):
    """Adds what the columns hold, what used the dataset, and the way to add one."""

    change_form_template = "scheduling/dataset.html"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request.user, May.ADD_DATASET)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A dataset is added on the page of its model."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        self.message_user(request, "Choose a model here, then click Add a dataset.", messages.INFO)
        return HttpResponseRedirect(admin_path("predictions_registeredmodel_changelist"))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        dataset = self.get_object(request, unquote(object_id))
        if dataset and self.has_view_permission(request, dataset):
            shown: dict[str, Any] = {
                "columns": columns_of(dataset, reader=request.user),
                "uses": uses_of(dataset),
                "may_read": allowed(request.user, May.READ_LOG, dataset.registered_model),
            }
            kwargs["extra_context"] = (kwargs.get("extra_context") or {}) | shown
        return super().change_view(request, object_id, *args, **kwargs)


def columns_of(dataset: Dataset, *, reader: Any) -> list[dict[str, Any]]:
    """Return the columns as the API tells them to this reader, with the bars of a picture."""
    columns = told_dataset(dataset, None, reader=reader)["dataset"]["columns"]
    redacted = set(dataset.registered_model.redacted_features)
    return [
        {name: _plain(value) if name in RANGE else value for name, value in one.items()}
        | {
            "bars": bars_of(one),
            "redacted": one["name"] in redacted,
            "share": 100.0 * one["missing"] / dataset.rows,
        }
        for one in columns
    ]


def bars_of(column: dict[str, Any]) -> list[dict[str, Any]]:
    """Return x, y, width and height of each bar in a picture of `WIDTH` by `HEIGHT`, and its title."""
    return list(_bars([*_parts(column)]))


def _parts(column: dict[str, Any]) -> Iterator[tuple[str, int]]:
    if found := column.get("histogram"):
        edges = found["edges"]
        for low, high, count in zip(edges[:-1], edges[1:], found["counts"], strict=True):
            yield f"{_plain(low)} to {_plain(high)}: {counted(count, 'row')}", count
    for one in column.get("top", ()):
        yield f"{one['value']}: {counted(one['rows'], 'row')}", one["rows"]
    if column.get("top") and column.get("others"):
        yield f"others: {counted(column['others'], 'row')}", column["others"]


def _bars(parts: list[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    most = max((count for _, count in parts), default=0)
    for number, (title, count) in enumerate(parts):
        width, height = WIDTH / len(parts), HEIGHT * count / most if most else 0.0
        yield {
            "x": f"{number * width:.2f}", "y": f"{HEIGHT - height:.2f}", "width": f"{width - GAP:.2f}",
            "height": f"{height:.2f}", "title": title,
        }  # fmt: skip


def _plain(edge: Any) -> str:
    """Show a float with six digits; whole numbers and times as they are."""
    return f"{edge:.6g}" if isinstance(edge, float) else str(edge)


def uses_of(dataset: Dataset) -> dict[str, Any]:
    """Return the newest versions that were trained on it, the newest runs that judged on it, and how many."""
    versions = ModelVersion.objects.filter(training_dataset=dataset)
    versions = versions.select_related("signature__registered_model").order_by("-pk")
    runs = Run.objects.filter(evaluation_dataset=dataset).select_related("registered_model", "candidate")
    newest = Dataset.objects.current(dataset.registered_model, dataset.role)
    return {
        "versions": versions[:LATEST],
        "versions_in_all": versions.count(),
        "runs": runs[:LATEST],
        "runs_in_all": runs.count(),
        "is_current": newest == dataset,
    }
