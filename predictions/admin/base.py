"""What the admin pages share: read-only pages, and actions that ask before they act."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.api.pagination import UpToTenThousand
from predictions.contract.error_texts import plain_text
from predictions.models import Promotion
from predictions.registry.promotion import LiveVersionChanged


class ReadOnlyMixin:
    """Nothing can be added, changed or deleted, by anybody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PreparedList(ChangeList):
    """Lets its page ask once for what all its rows show."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if request.method == "GET":  # an action reads for itself what is so when it acts
            prepared: Any = self.model_admin
            prepared.prepare(list(self.result_list))


class PreparedListMixin:
    """`prepare(rows)` reads what a column shows for all rows of a page; a page of one row calls it, too."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PreparedList


class LongListMixin:
    """The page of a list that grows for ever costs what its rows cost, and nothing beside."""

    paginator: Any = UpToTenThousand
    show_full_result_count = False
    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        page: Any = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = (getattr(page, "context_data", None) or {}).get("cl")
        if shown is not None and shown.result_count >= UpToTenThousand.most:
            page.context_data["subtitle"] = (
                f"The newest {UpToTenThousand.most:,}: what is older is found by the filters."
            )
        return page


class AlwaysShown(admin.RelatedFieldListFilter):
    """A filter that is there with a single choice, too: its place should not jump."""

    def has_output(self) -> bool:
        return True


def as_json(value: Any) -> SafeString:
    """Show a JSON column as indented text."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


def log_link(**filters: str) -> SafeString:
    """A link to the part of the prediction log that the filters choose."""
    path = reverse("admin:predictions_prediction_changelist", query=filters)
    return format_html('<a href="{}">what was asked and answered</a>', path)


class ReasonForm(forms.Form):
    """Why: for the history or the ledger."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class FlipForm(ReasonForm):
    """The reason for a flip, and what was live when the question was asked: the hidden field."""

    live_then = forms.CharField(required=False, widget=forms.HiddenInput)

    def refuse_other(self, live: Promotion | None) -> None:
        """Raise `LiveVersionChanged` where another version went live while the person was reading."""
        if self.cleaned_data["live_then"] not in ("", live_now(live)):
            raise LiveVersionChanged("Another version went live meanwhile: look again.")


def live_now(live: Promotion | None) -> str:
    """What `FlipForm` remembers: the sequence of the newest promotion, 0 for none."""
    return str(live.sequence if live else 0)


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
    act: Callable[[Any, Any], str],
    initial: Callable[[Any], dict[str, Any]] = lambda row: {},
) -> HttpResponse | None:
    """Ask on a page of its own, then act on the one chosen row and tell what came of it.

    `act(row, form)` returns the message; an exception it raises is told as an error. `initial(row)`
    fills the form when it is shown.
    """
    if queryset.count() != 1:
        model_admin.message_user(request, "Choose exactly one row.", messages.WARNING)
        return None
    row = queryset.get()
    answered = "confirmed" in request.POST
    form = form_class(request.POST) if answered else form_class(initial=initial(row))
    if answered and form.is_valid():
        try:
            model_admin.message_user(request, act(row, form), messages.SUCCESS)
        except Exception as error:
            why = plain_text(error)
            model_admin.log_change(request, row, f"{title}: refused, {why}")
            model_admin.message_user(request, why, messages.ERROR)
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
