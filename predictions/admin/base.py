"""What the admin pages share: read-only pages, and actions that ask before they act."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from predictions.api.lists import UpToTenThousand
from predictions.contract.error_texts import plain_text
from predictions.models import Promotion
from predictions.registry.promotion import LiveVersionChanged


class ReadOnlyMixin:
    """Nothing can be added, changed or deleted, by anybody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class PreparedList(ChangeList):
    """Lets its page ask once for what all its rows show."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if request.method == "GET":  # an action reads the current state when it acts
            prepared: Any = self.model_admin
            prepared.prepare(list(self.result_list))


class PreparedListMixin:
    """`prepare(rows)` reads what a column shows for all rows of a page, and sets it as each row's `shown`."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PreparedList

    def shown(self, row: Any) -> Any:
        """Return what was prepared; the page of one row prepares it now."""
        if not hasattr(row, "shown"):
            self.prepare([row])  # type: ignore[attr-defined]
        return row.shown


class LongListMixin:
    """The page of a list that grows for ever costs what its rows cost, and no more."""

    paginator: Any = UpToTenThousand
    show_full_result_count = False
    list_per_page = 50

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        page: Any = super().changelist_view(request, extra_context)  # type: ignore[misc]
        shown = (getattr(page, "context_data", None) or {}).get("cl")
        if shown is not None and shown.result_count >= UpToTenThousand.most:
            page.context_data["subtitle"] = (
                f"These are the newest {UpToTenThousand.most:,} rows. Use the filters to find older ones."
            )
        return page


class AlwaysShown(admin.RelatedFieldListFilter):
    """A filter that is shown with a single choice, too, so that the page does not jump."""

    def has_output(self) -> bool:
        return True


def permission(name: str) -> Callable[[Any, HttpRequest], bool]:
    """Make a method `has_…_permission` of an action: whether the user has the permission."""
    return lambda model_admin, request: request.user.has_perm(name)


def as_json(value: Any) -> SafeString:
    """Show a JSON value as indented text."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))


def column(description: str, show: Callable[[Any], Any], **options: Any) -> Any:
    """Return what an admin class takes as a column: `show(row)` under this heading."""
    return staticmethod(admin.display(description=description, **options)(show))


def json_column(name: str, description: str = "") -> Any:
    """Return a column that shows a JSON value as indented text."""
    return column(description or name, lambda row: as_json(getattr(row, name)))


def link(row: Any, text: str = "") -> SafeString | str:
    """A link to the admin's page of a row; "–" for None."""
    if row is None:
        return "–"
    return format_html('<a href="{}">{}</a>', page_of(row), text or row)


def page_of(row: Any) -> str:
    """Return the path of the admin's page of a row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def log_link(**filters: str) -> SafeString:
    """A link to the part of the prediction log that the filters choose."""
    path = reverse("admin:predictions_prediction_changelist", query=filters)
    return format_html('<a href="{}">inputs and answers</a>', path)


class ReasonForm(forms.Form):
    """The reason, for the history or the ledger."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class FlipForm(ReasonForm):
    """The reason of a promotion or rollback; a hidden field remembers what was live when it was shown."""

    live_then = forms.CharField(required=False, widget=forms.HiddenInput)

    def refuse_other(self, live: Promotion | None) -> None:
        """Raise `LiveVersionChanged` where another version went live while the person was reading."""
        if self.cleaned_data["live_then"] not in ("", live_now(live)):
            raise LiveVersionChanged(
                "Another version went live in the meantime. Check whether you still want this, and repeat it."
            )


def live_now(live: Promotion | None) -> str:
    """What `FlipForm` remembers: the sequence of the newest promotion, 0 for none."""
    return str(live.sequence if live else 0)


def confirmed(
    *, description: str, permission: str, title: str, warning: str, form_class: type[forms.Form] = forms.Form,
    initial: Callable[[Any], dict[str, Any]] = lambda row: {},
    may: Callable[[Any, Any], bool] = lambda user, row: True, returns_to_row: bool = False,
) -> Callable[[Callable[..., str]], Any]:  # fmt: skip
    """Make an action of a method `act(request, row, form)`, which acts on one row and returns the message.

    The action asks on a page of its own first, with a form that `initial(row)` fills. An exception that the
    method raises is shown as an error. Raises `PermissionDenied` unless `may(user, row)`.
    """

    def action_of(act: Callable[..., str]) -> Any:
        @admin.action(description=description, permissions=[permission])
        @wraps(act)
        def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            if queryset.count() != 1:
                model_admin.message_user(request, "Select exactly one row.", messages.WARNING)
                return None
            row = queryset.get()
            if not may(request.user, row):
                raise PermissionDenied
            answered = "confirmed" in request.POST
            form = form_class(request.POST) if answered else form_class(initial=initial(row))
            if answered and form.is_valid():
                try:
                    model_admin.message_user(request, act(model_admin, request, row, form), messages.SUCCESS)
                except Exception as error:
                    why = plain_text(error)
                    model_admin.log_change(request, row, f"{title}: refused, {why}")
                    model_admin.message_user(request, why, messages.ERROR)
                else:
                    model_admin.log_change(request, row, title)
                return HttpResponseRedirect(page_of(row)) if returns_to_row else None
            context = model_admin.admin_site.each_context(request) | {
                "title": title, "warning": warning, "row": row, "form": form, "action": act.__name__,
                "opts": model_admin.opts, "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            }  # fmt: skip
            return TemplateResponse(request, "admin/confirm_action.html", context)

        return action

    return action_of
