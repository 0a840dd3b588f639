"""A form field for each limit of a check, made from the check's own fields: type, bounds, default."""

from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from msgspec import inspect

from scheduling.checks.base import Check, UnknownLimit

BOUNDS = (("gt", "greater than"), ("ge", "at least"), ("lt", "less than"), ("le", "at most"))
PREFIX = "limit_"


def limit_fields(check: Check) -> dict[str, forms.Field]:
    """Return the fields of a form by name. Each may be left empty, which means the default."""
    described: Any = inspect.type_info(type(check))
    return {PREFIX + one.name: _field(check, one.name, _without_none(one.type)) for one in described.fields}


def _without_none(kind: inspect.Type) -> inspect.Type:
    """`float | None` is a float in the form: an empty field stands for None."""
    if isinstance(kind, inspect.UnionType):
        kinds = [inner for inner in kind.types if not isinstance(inner, inspect.NoneType)]
        return kinds[0] if len(kinds) == 1 else inspect.AnyType()
    return kind


def _field(check: Check, name: str, kind: inspect.Type) -> forms.Field:
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
    return forms.TypedChoiceField(choices=choices, coerce=by_text.__getitem__, empty_value=None, **common)


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
