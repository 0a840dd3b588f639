"""The registry's pages with what the registry does not know: uses, runs, evidence and watches."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.admin import base
from predictions.admin.base import column, link
from predictions.admin.editing import confirmed
from predictions.admin.of_model import OfModel, PartOfPage
from predictions.admin.versions import PromotionAdmin
from predictions.models import Dataset, ModelVersion, Promotion
from predictions.models.people.access import May
from predictions.models.promotion import live_promotion
from scheduling.admin.bringing.dataset_pages import DatasetPages
from scheduling.admin.bringing.uses import use_of_each
from scheduling.admin.rules.afterwards import after_judging, who_answers_to
from scheduling.admin.run_page.offers import why_not_by_hand
from scheduling.admin.schedules import queue
from scheduling.admin.version_page.facts import consequences, last_verdict
from scheduling.admin.version_page.pages import VersionPages
from scheduling.admin.watches.in_words import evidence_in_words, gaps_in_words, limits_in_words
from scheduling.admin.watches.standing import outcome_of_watch, times_of_watch
from scheduling.models import Look, Run, Watch
from scheduling.models.schedule import TaskName

admin.site.unregister([Dataset, ModelVersion, Promotion])
JUDGED = "A run judges it: it is compared with the live version"


class LookInline(base.ReadOnlyMixin, PartOfPage, admin.TabularInline):
    """Each counted use of the set."""

    model = Look
    fk_name = "evaluation_dataset"
    verbose_name_plural = "uses of this evaluation set"
    fields = ("number", "run", "candidate", "champion", "metric", "alpha", "margin_factor", "at")
    readonly_fields = fields
    ordering = ("-number",)


@admin.register(Dataset)
class UsedDatasetAdmin(base.PreparedListMixin, DatasetPages):
    """Adds how often each evaluation set was used."""

    list_display: Any = ("registered_model", "role", "source", "rows", "use", "file", "created_at")
    inlines = (LookInline,)
    fields: ClassVar[Any] = (*DatasetPages.fields, "use")

    def get_readonly_fields(self, request: HttpRequest, obj: Dataset | None = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "use")

    def prepare(self, datasets: list[Dataset]) -> None:
        uses = use_of_each(datasets)
        for dataset in datasets:
            dataset.shown = uses[dataset.pk]  # type: ignore[attr-defined]

    def use(self, dataset: Any) -> str:
        """How often it was used, how much wider the interval is, and whether it needs new labels."""
        return str(self.shown(dataset))


@admin.register(ModelVersion)
class ValidatingModelVersionAdmin(VersionPages):
    """Adds the action "validate now"."""

    actions = ["promote", "validate_now"]

    def consequences(self, version: ModelVersion) -> str:
        if why_not := why_not_by_hand(version):
            return format_html("This will be refused: {}", why_not)
        live = live_promotion(version.registered_model)
        return "\n".join(consequences(version, live, last_verdict(version)))

    @confirmed(
        description="Validate now…", needs=May.VALIDATE, title="Validate now",
        warning=lambda admin, version: "\n".join(after_judging(version.registered_model, JUDGED)),
        shown=lambda admin, request, one: who_answers_to(request.user, one.registered_model, one),
    )  # fmt: skip
    def validate_now(self, request: HttpRequest, version: ModelVersion, form: forms.Form) -> str:
        return queue(request, TaskName.VALIDATE, version.registered_model, version=version.label)


@admin.register(Promotion)
class EvidencedPromotionAdmin(PromotionAdmin):
    """Adds two columns: the registry knows neither runs nor watches."""

    list_display = (*PromotionAdmin.list_display, "evidence", "watched")
    list_filter: ClassVar[Any] = (*PromotionAdmin.list_filter, "watch__status")
    list_select_related: ClassVar[Any] = (*PromotionAdmin.list_select_related, "run", "watch")
    readonly_fields = ("evidence", "watched")

    def evidence(self, promotion: Promotion) -> SafeString | str:
        run: Run | None = getattr(promotion, "run", None)
        return link(run, f"run {run.pk}") if run else "–"

    @admin.display(description="watch")
    def watched(self, promotion: Promotion) -> SafeString | str:
        """The watch's status, with a warning if nobody looked in time."""
        watch: Watch | None = getattr(promotion, "watch", None)
        return format_html("{} {}", link(watch, watch.get_status_display()), watch.warning) if watch else "–"


@admin.register(Watch)
class WatchAdmin(base.LongListMixin, base.ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """What is compared after a promotion, what was seen, how it ended."""

    of_model = "promotion__registered_model"

    class Media:
        css = {"all": ["scheduling/evidence.css", "predictions/run_pages.css"]}

    list_display = ("promotion", "outcome", "times")
    list_filter = ("status", "opened_at")
    list_select_related = ("promotion__registered_model", "promotion__version__signature")
    fields = (
        "promotion", "status", "reason", "warning", "reported", "run", "roll_back", "opened_at", "until",
        "counted_until", "looked_at", "show_gaps", "closed_at", "show_limits", "show_evidence",
    )  # fmt: skip
    readonly_fields = ("warning", "reported", "show_gaps", "show_limits", "show_evidence")
    actions = None
    show_gaps = column("periods without a look", gaps_in_words)
    reported = column("report only", lambda watch: watch.evidence.get("told", ""))
    outcome = column("what was found", outcome_of_watch)
    times = column("watched", times_of_watch)
    show_limits = column("what was allowed", limits_in_words)
    show_evidence = column("what was seen", evidence_in_words)
