"""The watches after flips: what is compared, what was seen, how it ended. Read-only for everybody."""

from typing import Any

from django.contrib import admin

from predictions.admin.base import LongListMixin, ReadOnlyMixin, as_json
from scheduling.models import Watch


@admin.register(Watch)
class WatchAdmin(LongListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """Newest first."""

    list_display = ("promotion", "status", "until", "counted_until", "looked_at", "reason", "told")
    list_filter = ("status", "opened_at")
    list_select_related = ("promotion__registered_model", "promotion__version__signature")
    fields = (
        "promotion", "status", "reason", "told", "roll_back", "opened_at", "until", "counted_until",
        "looked_at", "closed_at", "show_limits", "show_evidence",
    )  # fmt: skip
    readonly_fields = ("told", "show_limits", "show_evidence")

    def get_actions(self, request: Any) -> dict[str, Any]:
        """None."""
        return {}

    @admin.display(description="seen, and not acted on")
    def told(self, watch: Watch) -> str:
        """What one voice alone says, or our own comparison does not confirm."""
        return str(watch.evidence.get("told", ""))

    @admin.display(description="limits")
    def show_limits(self, watch: Watch) -> Any:
        """As they were at the flip."""
        return as_json(watch.limits)

    @admin.display(description="evidence")
    def show_evidence(self, watch: Watch) -> Any:
        """By rule."""
        return as_json(watch.evidence)
