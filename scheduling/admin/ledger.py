"""The ledger's page with links to evidence and watch, and the watches themselves. Read-only for everybody."""

from typing import Any, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from predictions.admin.base import LongListMixin, ReadOnlyMixin, as_json
from predictions.admin.versions import PromotionAdmin
from predictions.models import Promotion
from scheduling.admin.columns import column, link
from scheduling.models import Run, Watch

admin.site.unregister(Promotion)


@admin.register(Promotion)
class EvidencedPromotionAdmin(PromotionAdmin):
    """Adds two columns: the registry knows neither runs nor watches."""

    list_display = (*PromotionAdmin.list_display, "evidence", "watched")
    list_filter: ClassVar[Any] = (*PromotionAdmin.list_filter, "watch__status")
    list_select_related: ClassVar[Any] = (*PromotionAdmin.list_select_related, "run", "watch")
    readonly_fields = ("evidence", "watched")
    evidence = column("evidence", lambda promotion: _evidence(getattr(promotion, "run", None)))
    watched = column("watch", lambda promotion: _watched(getattr(promotion, "watch", None)))


def _evidence(run: Run | None) -> Any:
    if run is None:
        return "–"
    return format_html('<a href="{}">run {}</a>', reverse("admin:run-evidence", args=[run.pk]), run.pk)


def _watched(watch: Watch | None) -> Any:
    """The watch's status, with a warning where nobody looked in time."""
    return format_html("{} {}", link(watch, watch.status), watch.warning) if watch else "–"


def _periods(gaps: list[list[str]]) -> str:
    return "; ".join(f"from {since} to {until}" for since, until in gaps)


@admin.register(Watch)
class WatchAdmin(LongListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """What is compared after a promotion, what was seen, how it ended."""

    list_display = ("promotion", "status", "until", "counted_until", "looked_at", "reason", "reported")
    list_filter = ("status", "opened_at")
    list_select_related = ("promotion__registered_model", "promotion__version__signature")
    fields = (
        "promotion", "status", "reason", "warning", "reported", "run", "roll_back", "opened_at", "until",
        "counted_until", "looked_at", "show_gaps", "closed_at", "show_limits", "show_evidence",
    )  # fmt: skip
    readonly_fields = ("warning", "reported", "show_gaps", "show_limits", "show_evidence")
    actions = None

    show_gaps = column("periods without a look", lambda watch: _periods(watch.gaps) or "–")
    reported = column("report only", lambda watch: watch.evidence.get("told", ""))
    show_limits = column("limits", lambda watch: as_json(watch.limits))
    show_evidence = column("evidence", lambda watch: as_json(watch.evidence))
