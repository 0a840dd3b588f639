"""Adds "validate now" to the registry's page of versions: that room knows no runs."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from predictions.admin.base import NoQuestions, confirmed
from predictions.admin.versions import ModelVersionAdmin
from predictions.models import ModelVersion
from scheduling.models import Run
from scheduling.models.schedule import TaskName

admin.site.unregister(ModelVersion)


@admin.register(ModelVersion)
class ValidatingModelVersionAdmin(ModelVersionAdmin):
    """The registry's page with one action more."""

    actions = ["promote", "validate_now"]

    def has_validate_permission(self, request: HttpRequest) -> bool:
        """Its own permission."""
        return request.user.has_perm("scheduling.validate_version")

    @admin.action(description="Validate now…", permissions=["validate"])
    def validate_now(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> HttpResponse | None:
        """Queue a run that judges the chosen version: the scheduler does it, not the web process."""

        def act(version: ModelVersion, form: NoQuestions) -> str:
            run = Run.objects.enqueue(
                task=TaskName.VALIDATE,
                registered_model=version.registered_model,
                trigger=Run.Trigger.MANUAL,
                requested_by=request.user.get_username(),
                parameters={"version": version.label},
            )
            return f"Run {run.pk} is queued; it starts as soon as the scheduler is free."

        return confirmed(
            self, request, queryset, action="validate_now", title="Validate now",
            form_class=NoQuestions, act=act,
            warning="It goes live if every check passes and the policy says so.",
        )  # fmt: skip
