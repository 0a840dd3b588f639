"""The form of one check's limits for one model: each is a field made from the check's own."""

from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from msgspec import inspect

from predictions.models import RegisteredModel
from scheduling.checks import CHECKS_BY_ID
from scheduling.checks.base import Check, UnknownLimit
from scheduling.checks.limit_words import UNITS, words_of
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
    words, unit = words_of(check.id, name)
    help_text = " ".join(
        filter(None, [UNITS.get(unit, ""), f"Default: {default}.", bounds, f"In the API: {name}."])
    )
    common: dict[str, Any] = {"label": words, "required": False, "help_text": help_text}
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
    raise TypeError(f"{check.id}.{name}: a form has no field for a limit of this kind")


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

    def add_error(self, field: str | None, error: Any) -> None:
        """What the row says of one of its limits stands at the field of that limit."""
        for one in getattr(error, "error_dict", {}).pop("limits", []) if field is None else []:
            about = one.params or {}
            super().add_error(PREFIX + about["limit"] if about else None, about.get("why") or one)
        super().add_error(field, error)


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
