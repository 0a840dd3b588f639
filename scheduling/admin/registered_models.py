"""The registry's page of models, with pages more: checks and limits, approvers, and simulated policies."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from guardian.shortcuts import assign_perm, get_groups_with_perms, get_users_with_perms, remove_perm

from predictions.admin.editing import with_changes
from predictions.models import RegisteredModel
from scheduling.admin.bringing.pages import BringingPages
from scheduling.admin.limits import shown
from scheduling.admin.model_pages import model_for
from scheduling.admin.simulations import SimulationPages
from scheduling.approvals.approvers import PERMISSION
from scheduling.checks import CHECKS
from scheduling.checks.base import Check
from scheduling.models import CheckLimit, GatePolicy, Recipe, Schedule, Slice
from scheduling.models.checks import blocking_by_default

RECORDED = (CheckLimit, GatePolicy, Recipe, Schedule, Slice)
LATEST = 30
REMOVED = "This limit does not exist any more. Save the check again to remove it."
CODENAME = PERMISSION.rpartition(".")[2]


Several = partial(forms.ModelMultipleChoiceField, required=False, widget=forms.CheckboxSelectMultiple)


class ApproversForm(forms.Form):
    """Who may approve and refuse for one model, beside those who may for all."""

    users = Several(get_user_model().objects.order_by("username"))
    groups = Several(Group.objects.order_by("name"))


admin.site.unregister(RegisteredModel)


@admin.register(RegisteredModel)
class GovernedModelAdmin(BringingPages, SimulationPages):
    """Adds the pages: the registry knows neither checks nor approvals."""

    change_form_template = "scheduling/registered_model.html"

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/checks/", wrap(self.checks_view), name="model-checks"),
            path("<int:pk>/approvers/", wrap(self.approvers_view), name="model-approvers"),
            *super().get_urls(),
        ]

    def checks_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All checks of a model: defaults, what is in force, who changed it; then the latest changes."""
        model = model_for(request, pk, "scheduling.view_checklimit")
        return self.page(
            request, model, "scheduling/checks.html", title=f"Checks and limits of {model}",
            rows=check_rows(model), changes=with_changes(latest_changes(model)),
            policy=getattr(model, "policy", None), recipe=getattr(model, "recipe", None),
            may_change=request.user.has_perm("scheduling.change_checklimit"),
        )  # fmt: skip

    def approvers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        model = model_for(request, pk, "predictions.choose_approvers")
        form = ApproversForm(request.POST if request.method == "POST" else None, initial=approvers_of(model))
        if not form.is_valid():
            title = f"Approvers of {model}"
            return self.page(request, model, "scheduling/approvers.html", title=title, form=form)
        changes = set_approvers(model, [*form.cleaned_data["users"], *form.cleaned_data["groups"]])
        told = "; ".join(changes) or "nothing changed"
        self.log_change(request, model, f"Approvers: {told}")
        self.message_user(request, f"Approvers of {model}: {told}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:predictions_registeredmodel_change", args=[pk]))


def approvers_of(model: RegisteredModel) -> dict[str, list[Any]]:
    """Return the users and groups that have the permission for this model alone."""
    users = get_users_with_perms(model, only_with_perms_in=[CODENAME], with_group_users=False)
    groups: Any = get_groups_with_perms(model, attach_perms=True)
    return {"users": list(users), "groups": [g for g, perms in groups.items() if CODENAME in perms]}


def set_approvers(model: RegisteredModel, wanted: list[Any]) -> list[str]:
    """Let exactly these users and groups approve for this model; return what changed, in words."""
    before = [who for kind in approvers_of(model).values() for who in kind]
    added = [who for who in wanted if who not in before]
    removed = [who for who in before if who not in wanted]
    for who in added:
        assign_perm(PERMISSION, who, model)
    for who in removed:
        remove_perm(PERMISSION, who, model)
    return [f"{who} may approve" for who in added] + [f"{who} may no longer approve" for who in removed]


def check_rows(registered_model: RegisteredModel) -> Iterator[dict[str, Any]]:
    """Yield every check as this model asks it, in the order of asking, for the template."""
    overrides = {row.check_id: row for row in registered_model.check_limits.all()}
    blocking = blocking_by_default(registered_model)
    for check in CHECKS:
        override, usual = overrides.get(check.id), check.id in blocking
        query = urlencode({"registered_model": registered_model.pk, "check_id": check.id})
        new = f"{reverse('admin:scheduling_checklimit_add')}?{query}"
        yield {
            "check_id": check.id,
            "question": (type(check).__doc__ or "").strip().splitlines()[0],
            "enabled": override is None or override.enabled,
            "blocking": usual if override is None or override.blocking is None else override.blocking,
            "usual": usual,
            "limits": list(_limits(check, override.limits if override else {})),
            "last_change": override and override.history.first(),
            "url": reverse("admin:scheduling_checklimit_change", args=[override.pk]) if override else new,
        }


def latest_changes(registered_model: RegisteredModel) -> list[Any]:
    """Return the newest records of what people changed for this model, deleted rows included."""
    records = list(registered_model.history.all()[:LATEST])
    for model in RECORDED:
        records += model.history.filter(registered_model=registered_model)[:LATEST]
    return sorted(records, key=lambda record: record.history_date, reverse=True)[:LATEST]


def _limits(check: Check, differing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in [*check.limits, *(differing.keys() - check.limits.keys())]:
        yield {
            "name": name,
            "default": shown(check.limits[name]) if name in check.limits else REMOVED,
            "in_force": shown(differing[name] if name in differing else check.limits[name]),
            "changed": name in differing,
        }
