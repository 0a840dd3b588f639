"""How many requests each version answered, refused and failed: readable, and nothing else."""

from typing import Any

from django.contrib import admin

from predictions.admin.base import LongListMixin, ReadOnlyMixin
from predictions.models import RequestCount


@admin.register(RequestCount)
class RequestCountAdmin(LongListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """By caller, five minutes and worker, the newest first."""

    list_display = (
        "block", "model_version", "who", "answered", "refused", "failed", "both_failed", "last_error",
    )  # fmt: skip
    list_filter = ("model_version__signature__registered_model", "block")
    list_select_related = ("model_version__signature__registered_model",)

    def get_actions(self, request: Any) -> dict[str, Any]:
        return {}
