"""Model versions: readable, the live one marked; a person may make one live."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from predictions.admin.base import (
    FlipForm,
    LongListMixin,
    ReadOnlyMixin,
    as_json,
    confirmed,
    live_now,
    log_link,
)
from predictions.models import ModelVersion
from predictions.models.live import live_promotion, with_is_live
from predictions.registry.promotion import Approval, promote


@admin.register(ModelVersion)
class ModelVersionAdmin(LongListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """Where each version came from, and the proof that its served form answers alike."""

    list_display = (
        "label",
        "registered_model",
        "live",
        "name",
        "estimator",
        "source",
        "created_by",
        "created_at",
    )
    list_filter = ("signature__registered_model", "source", "created_at")
    search_fields = ("name", "created_by")
    list_select_related = ("signature__registered_model",)
    actions = ["promote"]
    fields = [
        "label", "registered_model", "live", "name", "filename", "source", "estimator", "show_params",
        "show_parity", "show_libraries", "training_dataset", "artefact", "artefact_sha256", "served_form",
        "served_form_sha256", "created_by", "created_at", "retired_at",
        "predictions",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return with_is_live(super().get_queryset(request))

    @admin.display(description="version", ordering="pk")
    def label(self, version: ModelVersion) -> str:
        return version.label

    @admin.display(description="live", boolean=True)
    def live(self, version: Any) -> bool | None:
        return True if version.is_live else None

    @admin.display(description="parameters")
    def show_params(self, version: ModelVersion) -> Any:
        return as_json(version.params)

    @admin.display(description="parity with scikit-learn")
    def show_parity(self, version: ModelVersion) -> Any:
        return as_json(version.parity)

    @admin.display(description="libraries")
    def show_libraries(self, version: ModelVersion) -> Any:
        return as_json(version.libraries)

    @admin.display(description="predictions")
    def predictions(self, version: ModelVersion) -> str:
        return log_link(model=version.registered_model.name, version=version.label)

    def has_promote_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("predictions.promote_version")

    @admin.action(description="Promote: make it live…", permissions=["promote"])
    def promote(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> HttpResponse | None:
        def act(version: ModelVersion, form: FlipForm) -> str:
            approval = Approval.by_person(request.user, reason=form.cleaned_data["reason"])
            live = live_promotion(version.registered_model)
            form.refuse_other(live)
            promote(version=version, replacing=live, approval=approval)
            return f"{version} is live."

        return confirmed(
            self, request, queryset, action="promote", title="Promote", form_class=FlipForm, act=act,
            initial=lambda version: {"live_then": live_now(live_promotion(version.registered_model))},
            warning="It answers all un-versioned requests within a second, whatever the checks said.",
        )  # fmt: skip
