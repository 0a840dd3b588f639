"""The signatures of models, with their features."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from predictions.admin.of_model import OfModel, PartOfPage
from predictions.admin.signature_form import FeatureForm, SignatureForm
from predictions.models import Feature, Signature
from predictions.models.people.access import May

MOST_FORMS = 100  # of features on one page
WHAT = "A signature is the columns that a request must have, and what is predicted from them."


class FeatureInline(PartOfPage, admin.StackedInline):
    """The features of a signature, each in four lines: a table of thirteen columns fits no window."""

    model = Feature
    form = FeatureForm
    extra = 0
    fields = (
        ("position", "name", "kind", "required"),
        ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum"),
        ("categories", "example"),
        ("dtype", "description"),
    )


@admin.register(Signature)
class SignatureAdmin(OfModel, admin.ModelAdmin):
    """Editable until the first version was made for it."""

    edited_by = May.CHANGE
    form = SignatureForm
    list_display = ("registered_model", "number", "task", "output_name")
    inlines = (FeatureInline,)
    readonly_fields = ("feature_list",)

    def get_inlines(self, request: HttpRequest, obj: Signature | None) -> list[Any]:
        """A form for each feature; of more than `MOST_FORMS` only a list: their page would take minutes."""
        return [] if self._is_wide(obj) else [FeatureInline]

    def get_fields(self, request: HttpRequest, obj: Signature | None = None) -> Any:
        fields = [str(name) for name in super().get_fields(request, obj)]
        return fields if self._is_wide(obj) else [name for name in fields if name != "feature_list"]

    def get_fieldsets(self, request: HttpRequest, obj: Signature | None = None) -> Any:
        return [(None, {"fields": self.get_fields(request, obj), "description": WHAT})]

    @staticmethod
    def _is_wide(signature: Signature | None) -> bool:
        return signature is not None and signature.features.count() > MOST_FORMS

    @admin.display(description="features")
    def feature_list(self, signature: Signature) -> str:
        rows = signature.features.values_list("position", "name", "kind", "required")
        told = ((at, name, kind, "" if required else ", may be missing") for at, name, kind, required in rows)
        return format_html_join(mark_safe("<br>"), "{} {}: {}{}", told)

    def has_change_permission(self, request: HttpRequest, obj: Signature | None = None) -> bool:
        used = obj is not None and obj.pk and obj.versions.exists()
        return not used and super().has_change_permission(request, obj)

    has_delete_permission = has_change_permission
