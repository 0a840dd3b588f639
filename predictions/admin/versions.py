"""Model versions, with the live one marked, and the ledger of promotions; a person may promote a version."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from predictions.admin import base
from predictions.admin.editing import FlipForm, confirmed, live_now
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import ModelVersion, Promotion
from predictions.models.access import May
from predictions.models.promotion import live_promotion, with_is_live
from predictions.registry.promotion import Approval, promote


@admin.register(ModelVersion)
class ModelVersionAdmin(base.LongListMixin, base.ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """Where each version came from, and the proof that its served form answers as scikit-learn does."""

    of_model = "signature__registered_model"
    list_display = (
        "label", "registered_model", "live", "name", "estimator", "source", "created_by", "created_at",
    )  # fmt: skip
    list_filter = (("signature__registered_model", ModelFilter), "source", "created_at")
    search_fields = ("name", "created_by")
    list_select_related = ("signature__registered_model",)
    actions = ["promote"]
    fields = [
        "label", "registered_model", "live", "name", "filename", "source", "estimator", "show_params",
        "show_parity", "show_libraries", "training_dataset", "artefact", "artefact_sha256", "served_form",
        "served_form_sha256", "created_by", "created_at", "retired_at",
        "predictions",
    ]  # fmt: skip
    show_params = base.json_column("params", "parameters")
    show_parity = base.json_column("parity", "comparison with scikit-learn")
    show_libraries = base.json_column("libraries")
    label = base.column("version", lambda version: version.label, ordering="pk")
    live = base.column("live", lambda version: True if version.is_live else None, boolean=True)
    predictions = base.column(
        "predictions", lambda row: base.log_link(model=row.registered_model.name, version=row.label)
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return with_is_live(super().get_queryset(request))

    @confirmed(
        description="Promote: make this version live…", needs=May.PROMOTE, title="Promote",
        warning="This version goes live within a second, whatever the checks found.",
        form_class=FlipForm,
        initial=lambda version: {"live_then": live_now(live_promotion(version.registered_model))},
    )  # fmt: skip
    def promote(self, request: HttpRequest, version: ModelVersion, form: FlipForm) -> str:
        approval = Approval.by_person(request.user, reason=form.cleaned_data["reason"])
        live = live_promotion(version.registered_model)
        form.refuse_other(live)
        promote(version=version, replacing=live, approval=approval)
        return f"{version} is live."


@admin.register(Promotion)
class PromotionAdmin(base.LongListMixin, base.ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """The ledger: who made which version live, when and why. The first row of a model is what is live."""

    class Media:
        css = {"all": ["mlsite/admin.css"]}

    actions = None
    list_display: tuple[str, ...] = (
        "registered_model", "sequence", "kind", "version", "replaced_version", "by", "reason", "at",
    )  # fmt: skip
    list_display_links = ("sequence",)
    list_filter = (("registered_model", ModelFilter), "kind", "at")
    search_fields = ("by", "reason")
    list_select_related = (
        "registered_model", "version__signature__registered_model",
        "replaced_version__signature__registered_model",
    )  # fmt: skip
