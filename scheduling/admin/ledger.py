"""Adds to the ledger's page the way to the evidence: that room knows no runs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from predictions.admin.ledger import PromotionAdmin
from predictions.models import Promotion

admin.site.unregister(Promotion)


@admin.register(Promotion)
class EvidencedPromotionAdmin(PromotionAdmin):
    """The registry's page with one column more."""

    list_display = (*PromotionAdmin.list_display, "evidence")
    readonly_fields = ("evidence",)

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        """With the run of each."""
        return (*PromotionAdmin.list_select_related, "run")

    @admin.display(description="evidence")
    def evidence(self, promotion: Promotion) -> Any:
        """To what the gate judged by, where a run flipped."""
        run = getattr(promotion, "run", None)
        if run is None:
            return "–"
        return format_html('<a href="{}">run {}</a>', reverse("admin:run-evidence", args=[run.pk]), run.pk)
