"""The page behind "History": what people changed, with old and new values; then the admin's own log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse

from predictions.admin.json_field import JsonField
from predictions.models.history import Change, changes_of

PER_PAGE = 50


class WithHistory(admin.ModelAdmin):
    """The admin of a model that has a `history`."""

    object_history_template = "admin/changes.html"
    formfield_overrides = {models.JSONField: {"form_class": JsonField}}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's page, with the changes of the row above the actions on it."""
        row = self.get_object(request, unquote(object_id))
        records = row.history.all() if row else []
        page = Paginator(records, PER_PAGE).get_page(request.GET.get("changes"))
        context = {"changes_page": page, "changes": with_changes(page)}
        return super().history_view(request, object_id, context | (extra_context or {}))


def with_changes(records: Iterable[Any]) -> list[tuple[Any, list[Change]]]:
    """Each record with what it replaced, for `admin/changes_table.html`."""
    return [(record, changes_of(record)) for record in records]
