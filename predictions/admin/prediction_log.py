"""The prediction log, its labels and its request counts: read by time, newest first, and never counted."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from predictions.admin.base import LongListMixin, ReadOnlyMixin, column, json_column
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import Feedback, ModelVersion, Prediction, RegisteredModel, RequestCount
from predictions.models.base import LONGEST_NAME
from predictions.models.people.access import May
from predictions.zone import lazily_with_zone

PAGE = 100


class ModelField(forms.ModelChoiceField):
    """A registered model by its name."""

    def to_python(self, value: Any) -> Any:
        """Find it; PostgreSQL does not even compare with a zero character."""
        return super().to_python(value.replace("\0", "?") if isinstance(value, str) else value)


class PredictionFilter(forms.Form):
    """What to show; each field has an index that ends with the id."""

    model = ModelField(RegisteredModel.objects, to_field_name="name", required=False)
    version = forms.CharField(required=False, max_length=30, help_text="A version of that model, as 1.0.")
    who = forms.CharField(
        required=False, max_length=LONGEST_NAME, help_text="A token's user. Choose a model too."
    )
    since = forms.DateTimeField(required=False, help_text=lazily_with_zone("Such as 2026-01-31 13:00"))
    before = forms.DateTimeField(required=False)
    below = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, models: QuerySet[RegisteredModel], theirs: Any) -> None:
        """Offer these models, and choose from these predictions: those that the person may read."""
        super().__init__(data)
        field: Any = self.fields["model"]
        field.queryset, self.theirs = models, theirs

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        label, model = given.get("version"), given.get("model")
        if model is None:
            for name in ("version", "who"):
                if given.get(name):
                    self.add_error(name, "Choose a model too.")
        elif label:
            given["version"] = ModelVersion.objects.of(model).labelled(label).first()
            if given["version"] is None:
                self.add_error("version", f"{model} has no version {label}.")
        return given

    def rows(self) -> QuerySet[Prediction]:
        given = self.cleaned_data
        rows = self.theirs.select_related("registered_model", "model_version__signature")
        if given["who"]:
            rows = rows.asked_by(given["who"], model=given["model"], version=given["version"] or None)
        elif given["version"]:
            rows = rows.filter(model_version=given["version"])
        elif given["model"]:
            rows = rows.filter(registered_model=given["model"])
        if given["since"]:
            rows = rows.since(given["since"])
        if given["before"]:
            rows = rows.before(given["before"])
        return rows.filter(pk__lt=given["below"]) if given["below"] else rows


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """What was asked and answered, by which version, for whom."""

    read_by = May.READ_LOG
    fields = (
        "id", "at", "registered_model", "model_version", "show_inputs", "output", "show_probabilities",
        "model_time", "who",
    )  # fmt: skip
    readonly_fields = ("id", "at", "show_inputs", "show_probabilities", "model_time")
    model_time = column("model time", lambda row: row.latency_ms)
    show_inputs = json_column("inputs")
    show_probabilities = json_column("probabilities")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One page: a range of an index. Django's own list would count all rows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        models = RegisteredModel.objects.where(request.user, self.read_by)
        form = PredictionFilter(request.GET, models=models, theirs=self.get_queryset(request))
        rows = list(form.rows()[: PAGE + 1]) if form.is_valid() else []
        older = self._query(request, below=rows[PAGE - 1].pk) if len(rows) > PAGE else None
        context = self.admin_site.each_context(request) | {
            "title": "Predictions", "opts": self.opts, "form": form, "rows": rows[:PAGE], "older": older,
            "newest": self._query(request, below=None) if request.GET.get("below") else None,
        }  # fmt: skip
        return TemplateResponse(request, "predictions/prediction_log.html", context)

    def _query(self, request: HttpRequest, *, below: UUID | None) -> str:
        asked = {name: value for name, value in request.GET.items() if name != "below" and value}
        return "?" + urlencode(asked | ({"below": str(below)} if below else {}))


@admin.register(Feedback)
class FeedbackAdmin(LongListMixin, ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """The true labels that clients sent, beside the answers; newest predictions first."""

    of_model, read_by = "prediction__registered_model", May.READ_LOG
    actions = None
    list_display = ("prediction_id", "model_version", "output", "label", "who", "at")
    list_select_related = ("prediction__model_version__signature__registered_model",)
    fields = ("prediction", "model_version", "output", "label", "who", "at")
    readonly_fields = ("model_version", "output")
    model_version = column("version", lambda feedback: str(feedback.prediction.model_version))
    output = column("answered", lambda feedback: feedback.prediction.output)


@admin.register(RequestCount)
class RequestCountAdmin(LongListMixin, ReadOnlyMixin, OfModel, admin.ModelAdmin):
    """Requests by version, caller, five minutes and worker, newest first."""

    of_model = "model_version__signature__registered_model"
    actions = None
    started = column("five minutes from", lambda count: count.block, ordering="block")
    caller = column("caller", lambda count: count.who or "without a token", ordering="who")
    list_display = (
        "started", "model_version", "caller", "answered", "refused", "failed", "both_failed", "last_error",
    )  # fmt: skip
    list_filter = (("model_version__signature__registered_model", ModelFilter), "block")
    list_select_related = ("model_version__signature__registered_model",)
