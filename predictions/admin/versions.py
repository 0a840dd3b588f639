"""Model versions, with the live one marked, and the ledger of promotions; a person may promote a version."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from predictions import database
from predictions.admin import base
from predictions.admin.base import question_of
from predictions.admin.editing import PromoteForm, confirmed, live_now
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.models.people.access import May
from predictions.models.promotion import live_promotion, with_is_live
from predictions.registry.promotion import promote_by_hand
from predictions.zone import lazily_with_zone, plain_minute, to_minute


@admin.register(ModelVersion)
class ModelVersionAdmin(base.LongListMixin, base.ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """Where each version came from, and the proof that its served form answers as scikit-learn does."""

    class Media:
        css = {"all": ["predictions/run_pages.css"]}

    of_model = "signature__registered_model"
    list_display = ("label", "made", "live", "origin")
    list_filter = (("signature__registered_model", ModelFilter), "source", "created_at")
    search_fields = ("name", "created_by")
    list_select_related = ("signature__registered_model",)
    actions = ["promote"]
    made = base.column(
        "model and name", lambda version: base.two_lines(version.registered_model, version.name)
    )
    origin = base.column(
        lazily_with_zone("made"),
        lambda row: base.two_lines(plain_minute(row.created_at), f"{row.source} by {row.created_by}"),
    )
    label = base.column("version", lambda version: version.label, ordering="pk")
    live = base.column("live", lambda version: "● live" if version.is_live else "–")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return with_is_live(super().get_queryset(request))

    def scores(self, version: ModelVersion | None) -> str:
        """What was measured of it and of the live version; the registry does not know."""
        return ""

    def page_of_model(self, version: ModelVersion) -> str:
        model: Any = self.admin_site.get_model_admin(RegisteredModel)
        return str(model.page_of(version.registered_model))

    def consequences(self, version: ModelVersion) -> str:
        """What a promotion by a person does, told before it."""
        live = live_promotion(version.registered_model)
        replaced = f" It replaces {live.version.label}, live since {to_minute(live.at)}." if live else ""
        return f"{version} goes live within a second, whatever the checks found.{replaced}"

    def fit(self, request: HttpRequest, version: ModelVersion, form: PromoteForm) -> None:
        """Nobody is asked about a pause that is not there, or that they may not end."""
        if not (version.registered_model.is_held and self.may(request, May.LIFT_HOLD, version)):
            del form.fields["resume"]

    @confirmed(
        description="Promote this version…", needs=May.PROMOTE, title="Promote",
        warning=lambda self, version: self.consequences(version),
        form_class=PromoteForm,
        fit=fit,
        initial=lambda version: {"live_then": live_now(live_promotion(version.registered_model))},
        shown=lambda self, request, version: self.scores(version),
        returns_to=lambda self, version: self.page_of_model(version),
    )  # fmt: skip
    def promote(self, request: HttpRequest, version: ModelVersion, form: PromoteForm) -> str:
        model, reason = version.registered_model, form.cleaned_data["reason"]
        live = live_promotion(model)
        form.refuse_other(live)
        with database.atomic():
            promote_by_hand(version=version, replacing=live, user=request.user, reason=reason)
            if form.cleaned_data.get("resume"):
                self._resume(request, model, reason)
        told = f"{version} is live."
        if "resume" in form.cleaned_data:
            told += f" Automatic promotion {'stays paused' if model.is_held else 'is resumed'}."
        if live is None or not self.may(request, May.ROLL_BACK, version):
            return told
        undo = f"Undo: roll back to {live.version.label}…"
        return format_html('{} <a href="{}">{}</a>', told, question_of(model, "roll_back"), undo)

    def _resume(self, request: HttpRequest, model: RegisteredModel, reason: str) -> None:
        """End the pause, and write it where the action that only ends it does."""
        if model.lift_hold(by=request.user.get_username(), user=request.user, reason=reason):
            of_model: Any = self.admin_site.get_model_admin(RegisteredModel)
            of_model.log_change(request, model, "Resume automatic promotion")


@admin.register(Promotion)
class PromotionAdmin(base.LongListMixin, base.ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """The ledger: who made which version live, when and why. The first row of a model is what is live."""

    class Media:
        css = {"all": ["predictions/run_pages.css"]}

    actions = None
    list_display: tuple[str, ...] = ("sequence", "what", "told")
    list_display_links = ("sequence",)
    list_filter = (("registered_model", ModelFilter), "kind", "at")
    search_fields = ("by", "reason")
    list_select_related = (
        "registered_model", "version__signature__registered_model",
        "replaced_version__signature__registered_model",
    )  # fmt: skip

    @admin.display(description="change")
    def what(self, row: Promotion) -> str:
        """Which version took the place of which; under it the model, and who did it."""
        before = f"{row.replaced_version.label} → " if row.replaced_version else ""
        change = f"{before}{row.version.label}" + (" (rollback)" if row.restores else "")
        return base.two_lines(change, f"{row.registered_model}, {to_minute(row.at)}, by {row.by}")

    told = base.column("reason", lambda row: format_html('<span class="why">{}</span>', row.reason))
