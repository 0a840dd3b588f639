"""What people approved and refused, and what lapsed: read-only for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from predictions.admin.base import AlwaysShown, ReadOnlyMixin
from scheduling.models import ApprovalAnswer


@admin.register(ApprovalAnswer)
class ApprovalAnswerAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """The answers, newest first."""

    list_display = ("run", "kind", "by", "reason", "at")
    list_filter = (("request__run__registered_model", AlwaysShown), "kind", "at")
    search_fields = ("by", "reason")
    list_select_related = ("request__run__registered_model",)
    fields = ("run", "kind", "by", "reason", "at")
    show_full_result_count = False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None."""
        return {}

    @admin.display(description="run")
    def run(self, answer: ApprovalAnswer) -> Any:
        """To the run that was answered."""
        run = answer.request.run
        return format_html('<a href="{}">{}</a>', reverse("admin:scheduling_run_change", args=[run.pk]), run)
