"""The pages themselves, in the admin's frame; `/` sends those who are signed in there."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from predictions.models import RegisteredModel
from predictions.models.people.access import May, allowed
from predictions.registry.promotion import version_before
from scheduling.approvals.approvers import answerers_of
from scheduling.models import GatePolicy
from scheduling.pages.cards.card import Card
from scheduling.pages.cards.who_decides import in_a_line
from scheduling.pages.model_page import ModelPage, data_of
from scheduling.pages.overview import cards_of, overview
from scheduling.pages.tabs.settings import SETTINGS, setting_of
from scheduling.pages.tabs.versions import SHOWN, version_rows
from scheduling.pages.told import who_is_told_of


@require_GET
def overview_page(request: HttpRequest) -> HttpResponse:
    """The cards of all models; without a frame for a page that has them and asks every few seconds."""
    if "HX-Request" in request.headers:
        shown = overview(request.user)
        return TemplateResponse(request, "scheduling/pages/overview.html", {"shown": shown})
    return framed(request, "scheduling/pages/overview_page.html", title="Overview")


def framed(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Return a page in the admin's frame."""
    return TemplateResponse(request, template, admin.site.each_context(request) | context)


@require_GET
def model_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One model: the tab that `?tab=` names, else what is live now and was before."""
    model = get_object_or_404(RegisteredModel, pk=pk)
    if not allowed(request.user, May.READ, model):
        raise PermissionDenied
    now, asked = timezone.now(), request.GET.get("tab", "")
    tab = asked if asked in TABS else ""
    (card,) = cards_of(RegisteredModel.objects.filter(pk=pk), request.user, now=now, with_labels=True)
    policy = getattr(card.model, "policy", None) or GatePolicy.objects.default_of(model)
    may = permissions(request.user, model)
    context: dict[str, Any] = {
        "title": model.name, "model": model, "card": card, "tab": tab,
        "tabs": TABS.items(), "opts": RegisteredModel._meta, "may": may,
        "may_more": ", ".join(words for one, words in MORE.items() if may[one]),
        "before": version_before(card.live),
        "approvers": _approvers(card),
        "policy": policy, "who_decides": in_a_line(policy, model, may_resume=may["lift_hold"]),
    }  # fmt: skip
    return framed(request, "scheduling/pages/model.html", **context, **_of_tab(tab, request, model, card))


def _approvers(card: Card) -> str:
    """A few who may answer, where the reader may not."""
    waiting = card.waiting
    return ", ".join(answerers_of(waiting.run).first) if waiting and waiting.waits_for else ""


TABS = {
    "": "Now and before",
    "versions": "Versions",
    "data": "Data",
    "policy": "Policy",
    "limits": "Limits",
    "recipe": "Recipe",
    "schedule": "Schedule",
    "sources": "Sources",
    "access": "Access",
}


def _of_tab(tab: str, request: HttpRequest, model: RegisteredModel, card: Card) -> dict[str, Any]:
    """Return what only one tab shows."""
    if tab == "versions":
        live = card.live.version_id if card.live else None
        asked = request.GET.get("page", "")
        page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        return {"rows": version_rows(model, live=live, page=page), "page": page, "shown": SHOWN}
    if tab == "data":
        return {"datasets": data_of(model)}
    if tab in SETTINGS:
        return {"setting": setting_of(tab, model, request.user)}
    return {"now": ModelPage(model, card, request.user, now=card.now), "told": who_is_told_of(model)}


MORE = {
    "request_run": "retrain",
    "promote": "promote another version",
    "upload": "upload",
    "change": "settings",
}  # what is folded on a narrow screen, by the permission for it


def permissions(user: Any, model: RegisteredModel) -> dict[str, bool]:
    """What this person may do with the model, for the buttons: by the name of the permission."""
    return {one.name.lower(): allowed(user, one, model) for one in May}
