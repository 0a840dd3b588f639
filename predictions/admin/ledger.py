"""The ledger of promotions: readable, and nothing else."""

from typing import Any

from django.contrib import admin

from predictions.admin.base import AlwaysShown, LongListMixin, ReadOnlyMixin
from predictions.models import Promotion


@admin.register(Promotion)
class PromotionAdmin(LongListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """Who made which version live, when and why. The first row of a model is what is live."""

    class Media:
        css = {"all": ["mlsite/admin.css"]}

    list_display: tuple[str, ...] = (
        "registered_model",
        "sequence",
        "kind",
        "version",
        "replaced_version",
        "by",
        "reason",
        "at",
    )
    list_display_links = ("sequence",)
    list_filter = (("registered_model", AlwaysShown), "kind", "at")
    search_fields = ("by", "reason")
    list_select_related = (
        "registered_model",
        "version__signature__registered_model",
        "replaced_version__signature__registered_model",
    )

    def get_actions(self, request: Any) -> dict[str, Any]:
        return {}
