"""What the admin pages share: read-only pages, and actions that ask before they act."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString


class ReadOnlyMixin:
    """Nothing can be added, changed or deleted, by anybody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class AlwaysShown(admin.RelatedFieldListFilter):
    """A filter that is there with a single choice, too: its place should not jump."""

    def has_output(self) -> bool:
        """Always."""
        return True


def as_json(value: Any) -> SafeString:
    """Show a JSON column as indented text."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


class ReasonForm(forms.Form):
    """Why a person does this: kept in the ledger."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class NoQuestions(forms.Form):
    """Only a confirmation."""


def confirmed(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    action: str,
    title: str,
    warning: str,
    form_class: type[forms.Form],
    act: Callable[[Any, dict[str, Any]], str],
) -> HttpResponse | None:
    """Ask on a page of its own, then act on the one chosen row and tell what came of it.

    `act(row, answers)` returns the message; an exception it raises is told as an error.
    """
    if queryset.count() != 1:
        model_admin.message_user(request, "Choose exactly one row.", messages.WARNING)
        return None
    row = queryset.get()
    form = form_class(request.POST if "confirmed" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            model_admin.message_user(request, act(row, form.cleaned_data), messages.SUCCESS)
        except Exception as error:
            model_admin.log_change(request, row, f"{title}: refused, {error}")
            model_admin.message_user(request, str(error), messages.ERROR)
        else:
            model_admin.log_change(request, row, title)
        return None
    context = model_admin.admin_site.each_context(request) | {
        "title": title,
        "warning": warning,
        "row": row,
        "form": form,
        "action": action,
        "opts": model_admin.model._meta,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)
