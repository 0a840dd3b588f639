"""A form field for each limit of a check, made from the check's own fields: type, bounds, default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from msgspec import inspect

from scheduling.checks.base import Check, UnknownLimit

BOUNDS = (("gt", "over"), ("ge", "at least"), ("lt", "under"), ("le", "at most"))
PREFIX = "limit_"


def limit_fields(check: Check) -> dict[str, forms.Field]:
    """Return the fields of a form by name; each may be left empty, which means the default."""
    return {PREFIX + name: _field(check, name, kind) for name, kind in _types(check)}


def _types(check: Check) -> Iterator[tuple[str, inspect.Type]]:
    described: Any = inspect.type_info(type(check))
    for field in described.fields:
        yield field.name, _without_none(field.type)


def _without_none(kind: inspect.Type) -> inspect.Type:
    """`float | None` is asked for as a float: None is what an empty field stands for."""
    if isinstance(kind, inspect.UnionType):
        kinds = [inner for inner in kind.types if not isinstance(inner, inspect.NoneType)]
        return kinds[0] if len(kinds) == 1 else inspect.AnyType()
    return kind


def _field(check: Check, name: str, kind: inspect.Type) -> forms.Field:
    default = check.limits[name]
    common: dict[str, Any] = {
        "label": name,
        "required": False,
        "validators": [_fits(check, name)],
        "help_text": " ".join(filter(None, [f"Default: {shown(default)}.", _bounds(kind)])),
    }
    if isinstance(kind, inspect.BoolType):
        return _choice([True, False], default, **common)
    if isinstance(kind, inspect.LiteralType):
        return _choice(list(kind.values), default, **common)
    if isinstance(kind, inspect.IntType):
        return forms.IntegerField(widget=_empty(forms.NumberInput, default), **common)
    if isinstance(kind, inspect.FloatType):
        return forms.FloatField(widget=_empty(forms.NumberInput, default, step="any"), **common)
    if isinstance(kind, inspect.StrType):
        return forms.CharField(widget=_empty(forms.TextInput, default), empty_value=None, **common)
    return forms.JSONField(widget=_empty(forms.Textarea, default, rows=3), **common)


def _choice(values: list[Any], default: Any, **common: Any) -> forms.Field:
    """Only what fits can be chosen; the check would be shown the text of it."""
    common.pop("validators")
    by_text = {str(value): value for value in values}
    return forms.TypedChoiceField(
        choices=[("", f"the default: {shown(default)}"), *((text, shown(by_text[text])) for text in by_text)],
        coerce=by_text.__getitem__,
        empty_value=None,
        **common,
    )


def _empty(widget: type[forms.Widget], default: Any, **attributes: Any) -> forms.Widget:
    return widget(attrs={"placeholder": shown(default), **attributes})


def _fits(check: Check, name: str) -> Any:
    """The check's own word on one value."""

    def validate(value: Any) -> None:
        try:
            check.with_limits({name: value})
        except UnknownLimit as error:
            raise ValidationError(str(error).removeprefix(f"{name}: ")) from None

    return validate


def _bounds(kind: inspect.Type) -> str:
    said = [f"{word} {limit}" for name, word in BOUNDS if (limit := getattr(kind, name, None)) is not None]
    return f"{', '.join(said)}.".capitalize() if said else ""


def shown(value: Any) -> str:
    """A limit for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
