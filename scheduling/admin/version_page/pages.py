"""The version's page, the form on it, and the card as a file."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path

from predictions.admin.versions import ModelVersionAdmin
from predictions.api.asking import command_for
from predictions.contract.numbers import number_in
from predictions.models import ModelVersion
from predictions.models.people.access import May, allowed
from predictions.models.promotion import live_promotion
from predictions.paths import admin_path, path_of
from predictions.paths.tokens import page_of_tokens
from scheduling.admin.run_page.offers import (
    is_live_again,
    may_go_live,
    offers_of_version,
    roll_back_of,
)
from scheduling.admin.version_page import facts
from scheduling.admin.version_page.card import card_of, sections_of
from scheduling.admin.version_page.flip import ShowsScores
from scheduling.admin.version_page.trying import MOST_FEATURES, TryForm, ask
from scheduling.admin.version_page.versus import choices_of, versus
from scheduling.pages.tabs.estimators import estimator_of, size_of


class VersionPages(ShowsScores, ModelVersionAdmin):
    """Replaces the admin's page of fields."""

    is_watched = True

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/try/", wrap(self.try_view), name="version-try"),
            path("<int:pk>/card.md", wrap(self.card_view), name="version-card"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a version. Nobody changes one: a POST is refused."""
        version = self.get_object(request, unquote(object_id))
        if request.method == "POST" or not self.has_view_permission(request, version):
            raise PermissionDenied
        if version is None:
            return self.to_front_page(request, object_id)
        return self._page(request, version)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the version about one row, and show its page with the answer."""
        version = self._version(request, pk, May.TRY)
        if request.method != "POST" or version.retired_at is not None:
            return HttpResponseRedirect(admin_path("predictions_modelversion_change", pk))
        form = self._form(version, request.POST)
        answer = ask(request, version, form) if form and form.is_valid() else None
        return self._page(request, version, form=form, answer=answer)

    def card_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._version(request, pk, May.READ)
        name = f"{version.registered_model.name}-{version.label}.md"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(card_of(version), content_type="text/markdown; charset=utf-8", headers=headers)

    def _version(self, request: HttpRequest, pk: int, permission: May) -> ModelVersion:
        """Raises `PermissionDenied`, also where there is no such version."""
        version: ModelVersion | None = self.get_object(request, str(pk))
        if version is None or not self.may(request, permission, version):
            raise PermissionDenied
        return version

    def _form(self, version: ModelVersion, data: Any = None) -> TryForm | None:
        features = version.signature.spec().features
        return TryForm(data, features=features) if len(features) <= MOST_FEATURES else None

    def _page(
        self, request: HttpRequest, version: ModelVersion, *, form: TryForm | None = None, answer: Any = None
    ) -> HttpResponse:
        model, live = version.registered_model, live_promotion(version.registered_model)
        is_live = live is not None and live.version_id == version.pk
        may_try = allowed(request.user, May.TRY, model) and version.retired_at is None
        verdict = facts.last_verdict(version)
        is_again = verdict is not None and live is not None and is_live_again(verdict, live)
        offers = roll_back_of(live, request.user) if live and is_live else []
        if not is_live and not is_again:
            offers = offers_of_version(version, live, request.user)
        context = self.admin_site.each_context(request) | {
            "title": f"Version {version.label} of {model}",
            "opts": self.opts, "version": version, "model": model,
            "live": live, "is_live": is_live, "verdict": verdict, "origin": facts.origin_of(version),
            "estimator": estimator_of(version), "size": size_of(version, served=True),
            "offers": offers, "is_again": is_again,
            "consequences": facts.consequences(version, live, verdict) if may_go_live(offers) else [],
            "history": facts.history_of(version), "card": sections_of(version), "may_try": may_try,
            "form": form or (self._form(version) if may_try else None), "answer": answer,
            "most_features": MOST_FEATURES, "docs": path_of("docs"),
            "makes_tokens": page_of_tokens(request.user),
            "command": command_for(version, version.signature.spec().example, live=is_live),
            **self._compared(request, version, live),
        }  # fmt: skip
        return TemplateResponse(request, "scheduling/version.html", context)

    def _compared(self, request: HttpRequest, version: ModelVersion, live: Any) -> dict[str, Any]:
        """The version that was picked; else the live one, or the one it replaced, or the newest."""
        asked = number_in(request.GET.get("with", ""))
        usual = (live.version_id, live.replaced_version_id) if live else ()
        wanted = usual if asked is None else (asked,)
        choices = choices_of(version, wanted=(*usual, *wanted))
        by_key = {one.pk: one for one in choices}
        other = next((by_key[pk] for pk in wanted if pk in by_key), choices[0] if choices else None)
        compared = versus(version, other, request.user) if other else None
        return {"choices": choices, "compared": compared}
