"""What people edit: actions that ask on a page first, and the page with each change."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from predictions.admin.base import question_of
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


class PromoteForm(FlipForm):
    """Also whether a pause of automatic promotion ends with it; only for a model that is paused."""

    resume = forms.BooleanField(
        required=False,
        label="And let runs promote again",
        help_text="This resumes automatic promotion: a candidate that passes its checks goes live by itself, "
        "if the policy lets it, and a version that gets worse while it is watched is rolled back. Without it "
        "automatic promotion stays paused.",
    )


def live_now(live: Promotion | None) -> str:
    """What `FlipForm` remembers: the sequence of the newest promotion, 0 for none."""
    return str(live.sequence if live else 0)


@dataclass(frozen=True, kw_only=True)
class Instead:
    """Why an action is not possible, and what is: buttons, which take along what was typed."""

    why: str
    possible: list[tuple[str, str]] = field(default_factory=list)  # label, path of the page that asks


def confirmed(
    *, description: str, needs: May, title: str, warning: str | Callable[..., str],
    form_class: type[forms.Form] = forms.Form,
    initial: Callable[[Any], dict[str, Any]] = lambda row: {},
    fit: Callable[[Any, HttpRequest, Any, Any], None] = lambda model_admin, request, row, form: None,
    shown: Callable[[Any, HttpRequest, Any], str] = lambda model_admin, request, row: "",
    instead: Callable[[HttpRequest, Any], Instead | None] = lambda request, row: None,
    returns_to: Callable[[Any, Any], str] = lambda model_admin, row: model_admin.page_of(row),
) -> Callable[[Callable[..., str]], Any]:  # fmt: skip
    """Make an action of a method `act(request, row, form)`, which acts on one row and returns the message.

    The action leads to a page of its own, which asks first: with a warning, which may be a method
    `warning(row)`, with what `shown(request, row)` returns, and with a form that `initial(row)` fills and
    whose fields `fit(request, row, form)` fits to the reader. Afterwards they are where `returns_to(row)`
    says. Where `instead(request, row)` says that it is not possible, the page says why and offers what is. An
    exception that the method raises is shown on that page too, which keeps what was typed. Raises
    `PermissionDenied` where this person lacks the permission `needs` for the row's model. For pages that are
    an `OfModel`.
    """

    def action_of(act: Callable[..., str]) -> Any:
        def ask(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
            row = _allowed(model_admin, request, model_admin.get_queryset(request).filter(pk=pk), needs)
            answered = request.method == "POST" and "confirmed" in request.POST
            form = form_for(model_admin, request, row, answered=answered)
            refused = ""
            if answered and form.is_valid():
                refused = _take(
                    model_admin, request, row, title, partial(act, model_admin, request, row, form)
                )
                if not refused:
                    return HttpResponseRedirect(returns_to(model_admin, row))
                row = get_object_or_404(model_admin.get_queryset(request), pk=pk)
                form = form_for(model_admin, request, row, answered=False)
            other = instead(request, row)
            if refused:
                model_admin.message_user(request, other.why if other else refused, messages.ERROR)
            context = model_admin.admin_site.each_context(request) | {
                "title": title, "row": row, "form": form, "back": model_admin.page_of(row),
                "opts": model_admin.opts, "media": model_admin.media,
                "instead": other, "refused": refused, "typed": typed(form_class, request.POST),
            }  # fmt: skip
            if other is None:
                context["warning"] = warning if isinstance(warning, str) else warning(model_admin, row)
                context["shown"] = shown(model_admin, request, row)
            status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
            return TemplateResponse(request, "predictions/confirm_action.html", context, status=status)

        def form_for(model_admin: Any, request: HttpRequest, row: Any, *, answered: bool) -> forms.Form:
            if answered:
                form = form_class(request.POST)
            else:
                form = form_class(initial=initial(row) | typed(form_class, request.POST))
            fit(model_admin, request, row, form)
            return form

        action = _leading_to_its_page(act, description=description, needs=needs)
        action.needs, action.ask = needs, ask
        return action

    return action_of


def _leading_to_its_page(act: Callable[..., str], *, description: str, needs: May) -> Any:
    @admin.action(description=description)
    @wraps(act)
    def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        if queryset.count() != 1:
            model_admin.message_user(request, "Select exactly one row.", messages.WARNING)
            return None
        row = _allowed(model_admin, request, queryset, needs)
        return HttpResponseRedirect(question_of(row, act.__name__))

    return action


def _allowed(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any], needs: May) -> Any:
    """Return the one row. Raises `Http404`, and `PermissionDenied` where this person may not."""
    row = get_object_or_404(queryset)
    if not model_admin.may(request, needs, row):
        raise PermissionDenied
    return row


def typed(form_class: type[forms.Form], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a person typed into the fields of a form; what they do not see is made anew."""
    fields = form_class.base_fields.items()
    return {name: sent[name] for name, one in fields if name in sent and not one.widget.is_hidden}


def _take(model_admin: Any, request: HttpRequest, row: Any, title: str, act: Callable[[], str]) -> str:
    """Act, say so, and write into the admin's log what came of it; return why it was refused."""
    try:
        model_admin.message_user(request, act(), messages.SUCCESS)
    except Exception as error:
        why = plain_text(error)
        model_admin.log_change(request, row, f"{title}: refused, {why}")
        return why
    model_admin.log_change(request, row, title)
    return ""


def questions(model_admin: Any) -> list[URLPattern]:
    """Return the page of each action that asks first: it can be linked, reloaded and left."""
    of, wrap = model_admin.opts, model_admin.admin_site.admin_view
    actions: dict[str, Any] = {name: getattr(model_admin, name, None) for name in model_admin.actions or ()}
    asking = {name: action.ask for name, action in actions.items() if hasattr(action, "ask")}
    return [
        path(
            f"<int:pk>/{name}/",
            wrap(partial(ask, model_admin)),
            name=f"{of.app_label}_{of.model_name}_{name}",
        )
        for name, ask in asking.items()
    ]


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
