"""Columns and read-only fields of the admin that need no method of their own."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString


def column(description: str, show: Callable[[Any], Any]) -> Any:
    """Return what an admin class takes as a column: `show(row)` under this heading."""
    return staticmethod(admin.display(description=description)(show))


def link(row: Any, text: str = "") -> SafeString | str:
    """A link to the admin's page of a row; "–" for None."""
    if row is None:
        return "–"
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, text or row)
