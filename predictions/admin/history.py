"""What people edit: forms that take JSON, and the page "History" with old and new values of each change."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponse

from predictions.models.base import Change, changes_of

PER_PAGE = 50
DEEPEST = 20  # levels: a page that shows the value nests calls of its own
LARGEST = 2**53


class JsonField(forms.JSONField):
    """As Django's, but refuses a depth and numbers of digits that Django cannot handle."""

    def to_python(self, value: Any) -> Any:
        try:
            read = super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError("Enter a valid JSON.", code="invalid") from None
        if _is_excessive(read):
            raise ValidationError(
                f"Use at most {DEEPEST} levels and numbers up to {LARGEST:,}.", code="excessive"
            )
        return read

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the form shows again: the text as it came if it is refused."""
        try:
            self.to_python(data)
        except ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


def _is_excessive(value: Any, levels: int = DEEPEST) -> bool:
    if isinstance(value, int):
        return abs(value) > LARGEST
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_excessive(one, levels - 1) for one in inner)


class WithHistory(admin.ModelAdmin):
    """The admin of a model that has a `history`."""

    object_history_template = "admin/changes.html"
    formfield_overrides = {models.JSONField: {"form_class": JsonField}}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        page = Paginator(row.history.all() if row else [], PER_PAGE).get_page(request.GET.get("changes"))
        context = {"changes_page": page, "changes": with_changes(page)}
        return super().history_view(request, object_id, context | (extra_context or {}))


def with_changes(records: Iterable[Any]) -> list[tuple[Any, list[Change]]]:
    """Each record with what it replaced, for `admin/changes_table.html`."""
    return [(record, changes_of(record)) for record in records]
