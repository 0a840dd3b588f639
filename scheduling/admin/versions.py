"""The registry's page of versions, with the action "validate now"."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from predictions.admin.base import NoQuestions, confirmed
from predictions.admin.versions import ModelVersionAdmin
from predictions.models import ModelVersion
from scheduling.admin.schedules import queue
from scheduling.models.schedule import TaskName

admin.site.unregister(ModelVersion)


@admin.register(ModelVersion)
class ValidatingModelVersionAdmin(ModelVersionAdmin):
    """Adds one action: the registry does not know runs."""

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
