"""What candidates are judged by: policy and slices, with their history."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from predictions.admin.base import PreparedListMixin
from predictions.admin.editing import WithHistory
from predictions.admin.of_model import ModelFilter, OfModel
from predictions.models import Dataset, Signature
from predictions.models.access import May
from scheduling.admin.registry import use_of_each
from scheduling.checks.comparison.evaluation_metrics import EvaluationMetrics
from scheduling.models import CheckResult, GatePolicy, Slice
from scheduling.models.policy import HELP
from scheduling.statistics.metrics.table import METRICS, Family, Metric

COMPARISON = (
    "primary_metric", "promote_when", "least_gain", "margin", "relative", "in_practice", "group_column",
)  # fmt: skip
TOLERANCES = ("error_tolerance", "latency_tolerance", "mix_tolerance", "loss_tolerance")
WATCH = ("bake_minutes", "watch_alpha", "watch_anonymous", *TOLERANCES)


FLOOR = "floor_"


class GatePolicyForm(forms.ModelForm):
    """Subclassed for each task: the least value of each metric is a field, and empty where none is asked."""

    labels: tuple[Any, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.instance.floors.items():
            self.initial.setdefault(FLOOR + name, value)
        if "positive_label" in self.fields:
            self.initial["positive_label"] = label_text(self.instance.positive_label)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = {
            name: value for name, value in cleaned.items() if name.startswith(FLOOR) and value is not None
        }
        if any(name.startswith(FLOOR) for name in self.fields):
            self.instance.floors = {name.removeprefix(FLOOR): value for name, value in asked.items()}
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """What the policy says of its minimum values belongs to no single field here."""
        if field is None and "floors" in getattr(error, "error_dict", {}):
            super().add_error(None, error.error_dict.pop("floors"))
        super().add_error(field, error)


def policy_form(signature: Signature | None) -> type[GatePolicyForm]:
    """Return the form for a model of this signature; without one, with the metrics of both tasks."""
    known = [one for one in METRICS.values() if signature is None or one.task == signature.task]
    fields: dict[str, Any] = {FLOOR + one.name: _floor(one) for one in known}
    labels = signature.labels if signature and len(signature.labels) == 2 else []
    by_text = {label_text(label): label for label in labels}
    choices = [("", "the last one"), *((text, text) for text in by_text)]
    fields["positive_label"] = forms.TypedChoiceField(
        choices=choices,
        coerce=by_text.get,
        empty_value=None,
        required=False,
        help_text=HELP["positive_label"],
    )
    return type("PolicyForm", (GatePolicyForm,), fields)


def _form_for(request: HttpRequest, policy: GatePolicy | None) -> type[GatePolicyForm]:
    """The form for the policy's model, or for the model in the query string."""
    named = request.GET.get("registered_model", "")
    given = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else 0
    model = policy.registered_model_id if policy else given
    return policy_form(Signature.objects.filter(registered_model=model).last())


def _floor(metric: Metric) -> forms.FloatField:
    side = "at least" if metric.greater_is_better else "at most"
    number = forms.NumberInput({"step": "any", "placeholder": "not asked"})
    return forms.FloatField(required=False, label=f"{metric.name} {side}", widget=number)


def label_text(label: Any) -> str:
    """Return a label as the form shows it; empty for None."""
    return "" if label is None else label if isinstance(label, str) else json.dumps(label)


@admin.register(GatePolicy)
class GatePolicyAdmin(PreparedListMixin, OfModel, WithHistory):
    """When a candidate goes live. Checked against the newest signature when it is saved."""

    edited_by = May.CHANGE_POLICY
    list_display = (
        "registered_model", "primary_metric", "promote_when", "least_gain", "margin", "relative", "floors",
        "approval", "evaluation_set",
    )  # fmt: skip
    readonly_fields = ("evaluation_set", "in_practice")
    change_form_template = "scheduling/gate_policy.html"
    fieldsets = (
        (None, {"fields": ("registered_model", "evaluation_set")}),
        ("Comparison with the champion", {"fields": COMPARISON}),
        ("Who promotes", {"fields": ("approval",)}),
        ("Watch after promotion", {"fields": WATCH}),
        ("Metric options", {"fields": ("log_loss_floor", "pinball_quantile", "positive_label")}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=_form_for(request, obj), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Those who may only read see the minimum values as they are stored."""
        floors = ["floors"]
        if obj is None or self.has_change_permission(request, obj):
            floors = [name for name in _form_for(request, obj).base_fields if name.startswith(FLOOR)]
        return (*self.fieldsets, ("Minimum values that every candidate must reach", {"fields": floors}))

    def prepare(self, policies: list[GatePolicy]) -> None:
        models = [policy.registered_model_id for policy in policies]
        current = Dataset.objects.filter(registered_model__in=models).current_of_each(Dataset.Role.EVALUATION)
        uses = use_of_each(current.values())
        for policy in policies:
            rows = current.get(policy.registered_model_id)
            shown = f"{rows.rows} rows, {uses[rows.pk]}" if rows else "none"
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
