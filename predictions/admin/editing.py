"""What people edit: actions that ask on a page first, and the page with each change."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from predictions.contract.error_texts import plain_text
from predictions.models import Promotion
from predictions.models.base import Change, changes_of
from predictions.models.people.access import May
from predictions.registry.promotion import LiveVersionChanged


class ReasonForm(forms.Form):
    """The reason, for the history or the ledger."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class FlipForm(ReasonForm):
    """The reason of a promotion or rollback; a hidden field remembers what was live when it was shown."""

    live_then = forms.CharField(required=False, widget=forms.HiddenInput)

    def refuse_other(self, live: Promotion | None) -> None:
        """Raise `LiveVersionChanged` where another version went live while the person was reading."""
        if self.cleaned_data["live_then"] not in ("", live_now(live)):
            raise LiveVersionChanged("Another version went live. Check that you want this, then repeat it.")


def live_now(live: Promotion | None) -> str:
    """What `FlipForm` remembers: the sequence of the newest promotion, 0 for none."""
    return str(live.sequence if live else 0)


def confirmed(
    *, description: str, needs: May, title: str, warning: str | Callable[..., str],
    form_class: type[forms.Form] = forms.Form,
    initial: Callable[[Any], dict[str, Any]] = lambda row: {}, returns_to_row: bool = False,
) -> Callable[[Callable[..., str]], Any]:  # fmt: skip
    """Make an action of a method `act(request, row, form)`, which acts on one row and returns the message.

    The action asks on a page of its own first, with a form that `initial(row)` fills and a warning, which may
    be a method `warning(row)`. An exception that the method raises is shown as an error. Raises
    `PermissionDenied` where this person lacks the permission `needs` for the row's model. For pages that are
    an `OfModel`.
    """

    def action_of(act: Callable[..., str]) -> Any:
        @admin.action(description=description)
        @wraps(act)
        def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            if queryset.count() != 1:
                model_admin.message_user(request, "Select exactly one row.", messages.WARNING)
                return None
            row = queryset.get()
            if not model_admin.may(request, needs, row):
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
                return HttpResponseRedirect(model_admin.page_of(row)) if returns_to_row else None
            context = model_admin.admin_site.each_context(request) | {
                "title": title, "row": row, "form": form, "action": act.__name__,
                "back": model_admin.page_of(row),
                "warning": warning if isinstance(warning, str) else warning(model_admin, row),
                "opts": model_admin.opts, "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            }  # fmt: skip
            return TemplateResponse(request, "predictions/confirm_action.html", context)

        action.needs = needs  # type: ignore[attr-defined]
        return action

    return action_of


PER_PAGE = 50


class WithHistory(admin.ModelAdmin):
    """The admin of a model that has a `history`."""

    object_history_template = "predictions/changes.html"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and record who did it."""
        obj._history_user = request.user
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and record who did it."""
        obj._history_user = request.user
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete row by row, each with its record."""
        for row in queryset:
            self.delete_model(request, row)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        page = Paginator(row.history.all() if row else [], PER_PAGE).get_page(request.GET.get("changes"))
        context = {"changes_page": page, "changes": with_changes(page)}
        return super().history_view(request, object_id, context | (extra_context or {}))


def with_changes(records: Iterable[Any]) -> list[tuple[Any, list[Change]]]:
    """Each record with what it replaced, for `predictions/changes_table.html`."""
    return [(record, changes_of(record)) for record in records]
