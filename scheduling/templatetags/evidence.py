"""`{{ outcome.measured|lines }}` and `{{ value|short }}`: measurements as text."""

import json
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
LINE_BREAK = SafeString("<br>")


@register.filter
def lines(values: dict[str, Any]) -> SafeString:
    """Name and value, one per line."""
    return format_html_join(LINE_BREAK, "{}: {}", ((name, short(value)) for name, value in values.items()))


@register.filter
def indented(value: Any) -> SafeString:
    """Indented JSON without distributions: the page draws these."""
    return format_html("<pre>{}</pre>", json.dumps(_undrawn(value), indent=1, ensure_ascii=False))


def _undrawn(value: Any) -> Any:
    if isinstance(value, list):
        return [_undrawn(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _undrawn(inner) for key, inner in value.items() if key != "distribution"}
    return value


@register.filter
def short(value: Any) -> str:
    """A number with four digits; a dictionary as its names and values."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {short(inner)}" for key, inner in value.items())
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None else str(value)
