"""`{{ outcome.measured|lines }}` and `{{ value|short }}`: measurements as text."""

import json
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from scheduling.models import Run

register = template.Library()
LINE_BREAK = SafeString("<br>")


@register.filter
def verdict(run: Run) -> SafeString:
    """The decision, or the status before it, and the reason, which often begins with the decision."""
    decision = capfirst(run.get_decision_display() or run.get_status_display())
    reason = run.reason or "The run has not finished, so it has no verdict yet."
    if reason.startswith(decision):
        return format_html("<strong>{}</strong>{}", decision, reason.removeprefix(decision))
    return format_html("<strong>{}.</strong> {}", decision, reason)


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
