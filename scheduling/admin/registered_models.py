"""The registry's page of models, with pages more: checks and limits, access, and simulated policies."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html

from predictions.admin.base import column
from predictions.admin.editing import with_changes
from predictions.models import ModelVersion, Promotion, RegisteredModel
from predictions.models.people import grants
from predictions.models.people.access import May
from predictions.paths import admin_path
from scheduling.admin.bringing.pages import BringingPages
from scheduling.admin.giving import GivingPages
from scheduling.admin.model_pages import model_for
from scheduling.admin.retraining import Retrains
from scheduling.admin.version_page.facts import consequences_of_roll_back
from scheduling.admin.version_page.flip import ShowsScores
from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.checks.limit_words import with_unit, words_of
from scheduling.models import CheckLimit, DataSource, GatePolicy, Recipe, Schedule, Slice
from scheduling.models.checks import blocking_by_default
from scheduling.pages import views

RECORDED = (CheckLimit, DataSource, GatePolicy, Recipe, Schedule, Slice)
LATEST = 30
REMOVED = "This limit does not exist any more. Save the check again to remove it."

admin.site.unregister(RegisteredModel)


@admin.register(RegisteredModel)
class GovernedModelAdmin(ShowsScores, Retrains, BringingPages, GivingPages):
    """Adds the pages: the registry does not know checks."""

    change_form_template = "scheduling/registered_model.html"
    change_list_template = "scheduling/registered_models.html"
    list_display = ("page_link", *BringingPages.list_display[1:])
    page_link = column("name", lambda model: format_html(
        '<a href="{}">{}</a>', admin_path("model-page", model.pk), model.name))  # fmt: skip

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("overview/", wrap(views.overview_page), name="overview"),
            path("<int:pk>/page/", wrap(views.model_page), name="model-page"),
            path("<int:pk>/checks/", wrap(self.checks_view), name="model-checks"),
            *super().get_urls(),
        ]

    def page_of(self, row: RegisteredModel) -> str:
        return admin_path("model-page", row.pk)

    def consequences(self, live: Promotion, before: ModelVersion) -> str:
        return "\n".join([super().consequences(live, before), *consequences_of_roll_back(live)])

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The name leads to the model's page, not to the form."""
        return ()

    def checks_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All checks of a model: defaults, what is in force, who changed it; then the latest changes."""
        model = model_for(request, pk, May.READ)
        return self.page(
            request, model, "scheduling/checks.html", title=f"Limits of {model}",
            rows=check_rows(model), changes=with_changes(latest_changes(model)),
            policy=getattr(model, "policy", None), recipe=getattr(model, "recipe", None),
            may_change=self.may(request, May.CHANGE_POLICY, model),
        )  # fmt: skip

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        model = self.get_object(request, unquote(object_id))
        can = grants.ARE_KEPT and model is not None and self.may(request, May.CHOOSE_ACCESS, model)
        kwargs["extra_context"] = (kwargs.get("extra_context") or {}) | {"may_choose_access": can}
        return super().change_view(request, object_id, *args, **kwargs)


def check_rows(registered_model: RegisteredModel) -> Iterator[dict[str, Any]]:
    """Yield every check as this model asks it, in the order of asking, for the template."""
    overrides = {row.check_id: row for row in registered_model.check_limits.all()}
    blocking = blocking_by_default(registered_model)
    for check in CHECKS:
        override, usual = overrides.get(check.id), check.id in blocking
        query = urlencode({"registered_model": registered_model.pk, "check_id": check.id})
        new = f"{admin_path('scheduling_checklimit_add')}?{query}"
        yield {
            "check_id": check.id,
            "title": check.title,
            "question": (type(check).__doc__ or "").strip().splitlines()[0],
            "enabled": override is None or override.enabled,
            "blocking": usual if override is None or override.blocking is None else override.blocking,
            "usual": usual,
            "limits": list(_limits(check, override.limits if override else {})),
            "last_change": override and override.history.first(),
            "url": admin_path("scheduling_checklimit_change", override.pk) if override else new,
        }


def latest_changes(registered_model: RegisteredModel) -> list[Any]:
    """Return the newest records of what people changed for this model, deleted rows included."""
    records = list(registered_model.history.all()[:LATEST])
    for model in RECORDED:
        records += model.history.filter(registered_model=registered_model)[:LATEST]
    return sorted(records, key=lambda record: record.history_date, reverse=True)[:LATEST]


def _limits(check: Check, differing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in [*check.limits, *(differing.keys() - check.limits.keys())]:
        words, unit = words_of(check.id, name)
        known = name in check.limits
        yield {
            "name": name,
            "words": words,
            "default": with_unit(check.limits[name], unit) if known else REMOVED,
            "in_force": with_unit(differing[name] if name in differing else check.limits[name], unit),
            "changed": name in differing,
        }
