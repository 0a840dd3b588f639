"""The registry's pages of datasets and versions, with what the registry does not know: uses and runs."""

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from predictions.admin.base import NoQuestions, PreparedListMixin, ReadOnlyMixin, confirmed
from predictions.admin.registry import DatasetAdmin
from predictions.admin.versions import ModelVersionAdmin
from predictions.models import Dataset, ModelVersion
from scheduling.admin.schedules import queue
from scheduling.models import HoldOut, Look
from scheduling.models.schedule import TaskName

admin.site.unregister([Dataset, ModelVersion])
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
    """Adds how often each evaluation set was used."""

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


@admin.register(ModelVersion)
class ValidatingModelVersionAdmin(ModelVersionAdmin):
    """Adds the action "validate now"."""

    actions = ["promote", "validate_now"]

    def has_validate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scheduling.validate_version")

    @admin.action(description="Validate now…", permissions=["validate"])
    def validate_now(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> HttpResponse | None:

        def act(version: ModelVersion, form: NoQuestions) -> str:
            parameters = {"version": version.label}
            return queue(request, TaskName.VALIDATE, version.registered_model, parameters=parameters)

        return confirmed(
            self, request, queryset, action="validate_now", title="Validate now",
            form_class=NoQuestions, act=act,
            warning="A run judges this version. It goes live if every check passes and the policy lets the "
            "gate promote.",
        )  # fmt: skip
