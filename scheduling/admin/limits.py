"""The limits of one check for one model, each a field made from the check's own; empty for the default."""

from typing import Any

import msgspec
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from msgspec import inspect

from predictions.admin.editing import WithHistory
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import RegisteredModel
from predictions.models.access import May, allowed
from scheduling.checks import CHECKS_BY_ID
from scheduling.checks.base import Check, UnknownLimit
from scheduling.models import CheckLimit
from scheduling.models.checks import blocking_by_default

BOUNDS = (("gt", "greater than"), ("ge", "at least"), ("lt", "less than"), ("le", "at most"))
PREFIX = "limit_"


def limit_fields(check: Check) -> dict[str, forms.Field]:
    """Return the fields of a form by name. Each may be left empty, which means the default."""
    described: Any = inspect.type_info(type(check))
    return {PREFIX + one.name: _field(check, one.name, one.type) for one in described.fields}


def _field(check: Check, name: str, kind: inspect.Type) -> forms.Field:
    """`float | None` is a float in the form: an empty field stands for None."""
    if isinstance(kind, inspect.UnionType):
        kinds = [inner for inner in kind.types if not isinstance(inner, inspect.NoneType)]
        kind = kinds[0] if len(kinds) == 1 else inspect.AnyType()
    default = shown(check.limits[name])
    found = [f"{word} {limit:g}" for key, word in BOUNDS if (limit := getattr(kind, key, None)) is not None]
    bounds = f"Must be {' and '.join(found)}." if found else ""
    help_text = f"Default: {default}. {bounds}".strip()
    common: dict[str, Any] = {"label": name, "required": False, "help_text": help_text}
    if isinstance(kind, inspect.BoolType):
        return _choice([True, False], default, common)
    if isinstance(kind, inspect.LiteralType):
        return _choice(list(kind.values), default, common)
    common["validators"] = [_validator(check, name, bounds)]
    attributes = {"placeholder": default}
    if isinstance(kind, inspect.IntType):
        return forms.IntegerField(widget=forms.NumberInput(attributes), **common)
    if isinstance(kind, inspect.FloatType):
        return forms.FloatField(widget=forms.NumberInput(attributes | {"step": "any"}), **common)
    if isinstance(kind, inspect.StrType):
        return forms.CharField(widget=forms.TextInput(attributes), empty_value=None, **common)
    return forms.JSONField(widget=forms.Textarea(attributes | {"rows": "3"}), **common)


def _choice(values: list[Any], default: str, common: dict[str, Any]) -> forms.Field:
    by_text = {str(value): value for value in values}
    choices = [("", f"the default: {default}"), *((text, shown(value)) for text, value in by_text.items())]
    return forms.TypedChoiceField(
        choices=choices, coerce=lambda value: by_text[str(value)], empty_value=None, **common
    )


def _validator(check: Check, name: str, bounds: str) -> Any:
    def validate(value: Any) -> None:
        try:
            check.with_limits({name: value})
        except UnknownLimit as error:
            message = str(error).removeprefix(f"{name}: ")
            raise ValidationError(bounds if bounds and "Expected" in message else message) from None

    return validate


def shown(value: Any) -> str:
    """Return a limit as text for a page."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


class LimitForm(forms.ModelForm):
    """Subclassed for each check, with its limits as fields."""

    check_id: str
    registered_model: RegisteredModel

    class Meta:
        model = CheckLimit
        fields = ("enabled", "blocking")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.registered_model, self.instance.check_id = self.registered_model, self.check_id
        for name, value in self.instance.limits.items():
            self.initial.setdefault(PREFIX + name, value)

    def clean(self) -> dict[str, Any]:
        """Gather the limits that differ from the defaults. Of two people who add a row, one gets an error."""
        cleaned = super().clean() or self.cleaned_data
        RegisteredModel.objects.select_for_update(no_key=True).get(pk=self.instance.registered_model_id)
        same = {"registered_model": self.instance.registered_model_id, "check_id": self.instance.check_id}
        if CheckLimit.objects.filter(**same).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Somebody else added limits for this check. Reload the page and try again.")
        self.instance.limits = {
            name.removeprefix(PREFIX): value
            for name, value in cleaned.items()
            if name.startswith(PREFIX) and value is not None
        }
        return cleaned


def form_of(registered_model: RegisteredModel, check_id: str) -> type[LimitForm]:
    """Return the form for one check of one model. A check that was removed has no limits in it."""
    check = CHECKS_BY_ID.get(check_id)
    limits = limit_fields(check) if check else {}
    if check:
        help_text = CheckLimit._meta.get_field("blocking").help_text
        common = {"label": "A failure blocks", "required": False, "help_text": help_text}
        limits = {
            "blocking": _choice(
                [True, False], shown(check_id in blocking_by_default(registered_model)), common
            )
        } | limits
    columns = {"check_id": check_id, "registered_model": registered_model}
    return type("LimitForm", (LimitForm,), limits | columns)


@admin.register(CheckLimit)
class CheckLimitAdmin(OfModel, WithHistory):
    """The limits that differ from the defaults. A model's page shows all of its checks."""

    edited_by = May.CHANGE_POLICY
    list_display = ("registered_model", "check_id", "enabled", "blocking", "limits")
    list_display_links = ("check_id",)
    list_filter = (("registered_model", ModelFilter), "check_id")
    readonly_fields = ("registered_model", "check_id")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of the row's check; for a new row, of the check in the query string."""
        model, check_id = (obj.registered_model, obj.check_id) if obj else _named(request)
        return form_of(model, check_id)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.readonly_fields, *self.get_form(request, obj).base_fields]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Without "add another": another check has another form."""
        context = (extra_context or {}) | {"show_save_and_add_another": False}
        return super().changeform_view(request, object_id, form_url, context)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form for the check in the query string, which the links on a model's page fill in."""
        model, check_id = _named(request)
        if model is None or check_id not in CHECKS_BY_ID:
            self.message_user(request, "Choose a model here, then open one of its checks.", messages.INFO)
            return HttpResponseRedirect(reverse("admin:predictions_registeredmodel_changelist"))
        if not allowed(request.user, May.CHANGE_POLICY, model):
            raise PermissionDenied
        there = CheckLimit.objects.filter(registered_model=model, check_id=check_id).first()
        if there and request.method == "GET":
            return HttpResponseRedirect(reverse("admin:scheduling_checklimit_change", args=[there.pk]))
        return super().add_view(request, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: CheckLimit) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:model-checks", args=[obj.registered_model_id]))

    response_post_save_change = response_post_save_add

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: to go back to the defaults, empty the fields. The row keeps its history."""
        return False


def _named(request: HttpRequest) -> tuple[Any, str]:
    named = request.GET.get("registered_model", "")
    model = RegisteredModel.objects.filter(pk=named).first() if named.isdecimal() else None
    return model, request.GET.get("check_id", "")
