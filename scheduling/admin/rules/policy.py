"""What candidates are judged by: policy and slices, with their history."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.html import format_html

from predictions.admin.base import PreparedListMixin, in_words
from predictions.admin.editing import WithHistory
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.contract.numbers import counted
from predictions.models import Dataset
from predictions.models.people.access import May, allowed
from predictions.paths import admin_path
from scheduling.admin.applies import SCRIPT
from scheduling.admin.bringing.uses import use_of_each
from scheduling.admin.rules.back_tests import WithBackTest
from scheduling.admin.rules.deciders import lacks_people, with_remedy
from scheduling.admin.rules.group_column import warning_of
from scheduling.admin.rules.policy_form import (
    FLOOR,
    OF_WATCH,
    GatePolicyForm,
    form_for,
    model_named,
    options_of,
)
from scheduling.admin.rules.practice import said_in_practice
from scheduling.approvals.approvers import answerers
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.models import CheckResult, GatePolicy, Slice
from scheduling.models.setup.policy import HELP

COMPARISON = (
    "primary_metric", "promote_when", "least_gain", "margin", "relative", "in_practice", "group_column",
)  # fmt: skip


@admin.register(GatePolicy)
class GatePolicyAdmin(WithBackTest, PreparedListMixin, OfModel, WithHistory):
    """When a candidate goes live. Checked against the newest signature when it is saved."""

    class Media:
        css = {"all": ["scheduling/admin.css"]}
        js = [SCRIPT]

    edited_by = May.CHANGE_POLICY
    list_display = (
        "registered_model", "primary_metric", "promote_when", "least_gain", "margin", "in_shares", "floors",
        "approval", "evaluation_set",
    )  # fmt: skip
    in_shares = in_words("relative", "least gain and margin are", yes="shares", no="in units of the metric")
    readonly_fields = ("evaluation_set", "in_practice")
    change_form_template = "scheduling/gate_policy.html"
    fieldsets = (
        (None, {"fields": ("registered_model", "evaluation_set")}),
        ("Who promotes", {"fields": ("approval",)}),
        ("Comparison with the live version", {"fields": COMPARISON}),
        ("Watch after promotion", {"fields": ("bake_minutes",)}),
        ("How strict the watch is", {"classes": ("collapse",), "fields": OF_WATCH}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, form=_form(request, obj), **kwargs)
        model = obj.registered_model if obj else model_named(request)
        if model and "approval" in form.base_fields and allowed(request.user, May.CHANGE_POLICY, model):
            who = with_remedy(model, answerers(model), request.user, back=request.get_full_path())
            form.base_fields["approval"].help_text = format_html("{} {}", HELP["approval"], who)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the metrics of the form have. Those who may only read see the minimum values as stored."""
        form, floors = _form(request, obj), ["floors"]
        if obj is None or self.has_change_permission(request, obj):
            floors = [name for name in form.base_fields if name.startswith(FLOOR)]
        return (
            *self.fieldsets,
            ("Metric options", {"classes": ("collapse",), "fields": options_of(form)}),
            (
                "Minimum values that every candidate must reach",
                {"classes": () if obj and obj.floors else ("collapse",), "fields": floors},
            ),
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What holds for the model until somebody saves a policy for it."""
        model = model_named(request)
        holds = model_to_dict(GatePolicy.objects.default_of(model)) if model else {}
        return {**holds, **super().get_changeform_initial_data(request)}

    def changes_of(self, row: GatePolicy) -> dict[str, Any]:
        return {"policy": asdict(row.for_the_gate)}

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Its title says what is edited: a model has one policy, whether somebody saved it before or not."""
        context = {"title": "Policy", "show_save_and_add_another": False} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: GatePolicy, form: Any, change: bool) -> None:
        """Save; say who can answer from now on, and warn of a group column that no row has yet."""
        super().save_model(request, obj, form, change)
        if "approval" in form.changed_data and obj.approval == GatePolicy.Approval.BY_PERSON:
            model = obj.registered_model
            found, back = answerers(model), admin_path("model-page", model.pk)
            who = with_remedy(model, found, request.user, back=back)
            self.message_user(request, who, messages.WARNING if lacks_people(found) else messages.INFO)
        if warning := warning_of(obj.registered_model, obj.group_column):
            self.message_user(request, warning, messages.WARNING)

    def response_post_save_add(self, request: HttpRequest, obj: GatePolicy) -> HttpResponseRedirect:
        """Back to the model, where what holds now is read."""
        path = admin_path("model-page", obj.registered_model_id)
        return HttpResponseRedirect(f"{path}?tab=policy")

    response_post_save_change = response_post_save_add

    def prepare(self, policies: list[GatePolicy]) -> None:
        models = [policy.registered_model_id for policy in policies]
        current = Dataset.objects.filter(registered_model__in=models).current_of_each(Dataset.Role.EVALUATION)
        uses = use_of_each(current.values())
        for policy in policies:
            rows = current.get(policy.registered_model_id)
            shown = f"{counted(rows.rows, 'row')}, {uses[rows.pk]}" if rows else "none"
            policy.shown = shown  # type: ignore[attr-defined]

    @admin.display(description="evaluation set")
    def evaluation_set(self, policy: Any) -> str:
        return "–" if policy.pk is None else str(self.shown(policy))

    @admin.display(description="in practice")
    def in_practice(self, policy: GatePolicy) -> str:
        """What margin and least gain mean, by the last comparison of the model."""
        results = CheckResult.objects.select_related("run__candidate__signature", "run__champion__signature")
        compared = results.filter(
            run__registered_model=policy.registered_model_id,
            check_id=EvaluationMetrics.id,
            limit__primary_metric=policy.primary_metric,
            measured__gain__low__isnull=False,
        ).last()
        return said_in_practice(policy, compared) if compared else "Shown after the first comparison."


def _form(request: HttpRequest, policy: GatePolicy | None) -> type[GatePolicyForm]:
    """Make it once for a request, which asks for it and for what it has: it reads signature and versions."""
    made: dict[Any, type[GatePolicyForm]] = request.__dict__.setdefault("policy_forms", {})
    key = policy.pk if policy else None
    if key not in made:
        made[key] = form_for(policy.registered_model if policy else model_named(request), policy)
    return made[key]


@admin.register(Slice)
class SliceAdmin(OfModel, WithHistory):
    """Rows on which no candidate may be worse."""

    edited_by = May.CHANGE_POLICY
    list_display = ("registered_model", "name", "condition")
    list_filter = (("registered_model", ModelFilter),)
