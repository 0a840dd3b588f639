"""What candidates are judged by: policy and slices, with their history."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect

from predictions.admin.base import PreparedListMixin, in_words
from predictions.admin.editing import WithHistory
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import Dataset
from predictions.models.people.access import May
from predictions.paths import admin_path
from scheduling.admin.applies import SCRIPT
from scheduling.admin.registry import use_of_each
from scheduling.admin.rules.back_tests import WithBackTest
from scheduling.admin.rules.policy_form import FLOOR, OF_WATCH, form_for
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.models import CheckResult, GatePolicy, Slice
from scheduling.statistics.metrics.table import METRICS, Family

COMPARISON = (
    "primary_metric", "promote_when", "least_gain", "margin", "relative", "in_practice", "group_column",
)  # fmt: skip
WATCH = ("bake_minutes", *OF_WATCH)


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
        ("Comparison with the champion, the version that is live", {"fields": COMPARISON}),
        ("Watch after promotion", {"fields": WATCH}),
        (
            "Metric options",
            {"classes": ("collapse",), "fields": ("log_loss_floor", "pinball_quantile", "positive_label")},
        ),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=form_for(request, obj), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those who may only read see the minimum values as they are stored."""
        floors = ["floors"]
        if obj is None or self.has_change_permission(request, obj):
            floors = [name for name in form_for(request, obj).base_fields if name.startswith(FLOOR)]
        return (*self.fieldsets, ("Minimum values that every candidate must reach", {"fields": floors}))

    def changes_of(self, row: GatePolicy) -> dict[str, Any]:
        return {"policy": asdict(row.for_the_gate)}

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Its title says what is edited: a model has one policy, whether somebody saved it before or not."""
        context = {"title": "How promotion is decided"} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)

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
            shown = f"{rows.rows:,} rows, {uses[rows.pk]}" if rows else "none"
            policy.shown = shown  # type: ignore[attr-defined]

    @admin.display(description="evaluation set")
    def evaluation_set(self, policy: Any) -> str:
        return "–" if policy.pk is None else str(self.shown(policy))

    @admin.display(description="in practice")
    def in_practice(self, policy: GatePolicy) -> str:
        """What margin and least gain mean, by the last comparison of the model."""
        compared = CheckResult.objects.filter(
            run__registered_model=policy.registered_model_id,
            check_id=EvaluationMetrics.id,
            limit__primary_metric=policy.primary_metric,
            measured__gain__low__isnull=False,
        ).last()
        return said_in_practice(policy, compared) if compared else "Shown after the first comparison."


def said_in_practice(policy: GatePolicy, compared: CheckResult) -> str:
    """Tell the asked size in the metric's units, and what the evaluation rows of this comparison can show."""
    metric, gain, rows = policy.primary_metric, compared.measured["gain"], compared.details["rows"]
    value, size = compared.measured["champion"][metric], policy.margin or policy.least_gain
    size *= abs(value) if policy.relative else 1.0
    said = f"The champion's {metric} was {value:.3g} on the last {rows:,} evaluation rows"
    if METRICS[metric].family is Family.LABELS:
        said += f", where {size:.3g} is about {size * rows:,.0f} rows"
    sure = (gain["high"] - gain["low"]) / 2
    verdict = "more rows are needed to show" if sure >= size else "these rows can show"
    return f"{said}. Its gain was known to ± {sure:.2g}: {verdict} a difference of {size:.3g}."


@admin.register(Slice)
class SliceAdmin(OfModel, WithHistory):
    """Rows on which no candidate may be worse."""

    edited_by = May.CHANGE_POLICY
    list_display = ("registered_model", "name", "condition")
    list_filter = (("registered_model", ModelFilter),)
