"""Adds to the ledger's page the way to the evidence and to the watch: that room knows neither."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from predictions.admin.versions import PromotionAdmin
from predictions.models import Promotion

admin.site.unregister(Promotion)


@admin.register(Promotion)
class EvidencedPromotionAdmin(PromotionAdmin):
    """The registry's page with two columns more."""

    list_display = (*PromotionAdmin.list_display, "evidence", "watched")
    readonly_fields = ("evidence", "watched")

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        """With the run and the watch of each."""
        return (*PromotionAdmin.list_select_related, "run", "watch")

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """With how the watch stands."""
        return [*super().get_list_filter(request), "watch__status"]

    @admin.display(description="evidence")
    def evidence(self, promotion: Promotion) -> Any:
        """To what the gate judged by, where a run flipped."""
        run = getattr(promotion, "run", None)
        if run is None:
            return "–"
        return format_html('<a href="{}">run {}</a>', reverse("admin:run-evidence", args=[run.pk]), run.pk)

    @admin.display(description="watch")
    def watched(self, promotion: Promotion) -> Any:
        """How the watch over the flip stands; in words where nobody looked in time."""
        watch = getattr(promotion, "watch", None)
        if watch is None:
            return "–"
        url = reverse("admin:scheduling_watch_change", args=[watch.pk])
        return format_html('<a href="{}">{}</a> {}', url, watch.status, watch.warning)
