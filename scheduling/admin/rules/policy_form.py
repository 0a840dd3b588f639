"""The policy's form, with the metrics and labels that fit its model."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.text import capfirst

from predictions.contract.numbers import number_in
from predictions.contract.signature import label_key
from predictions.models import RegisteredModel, Signature
from scheduling.admin.applies import apply_only
from scheduling.admin.rules.group_column import group_column_field
from scheduling.checks.limit_words import WATCH
from scheduling.models import GatePolicy
from scheduling.models.setup.policy import HELP, fitting_metrics
from scheduling.statistics.metrics.table import METRICS, Metric
from scheduling.statistics.metrics.words import MEANS

FLOOR = "floor_"
OF_WATCH = (
    "watch_alpha", "watch_anonymous",
    "error_tolerance", "latency_tolerance", "mix_tolerance", "loss_tolerance",
)  # fmt: skip
OPTION_OF = {"log_loss_floor": "log_loss", "pinball_quantile": "pinball", "positive_label": "roc_auc"}
APPLIES = {"least_gain": "promote_when: better", "margin": "promote_when: not_worse unless_worse"}
APPLIES |= dict.fromkeys(OF_WATCH, "bake_minutes: !0")


LABELS = {  # as the model's page has them
    "primary_metric": "Compared by",
    "least_gain": "Gain that is asked for, at least",
    "margin": "Loss that is accepted, at most (margin)",
    "relative": "As shares of its value",
    "group_column": "Rows belong together by the column",
    **{name: words for name, (words, _) in WATCH.items()},
    "bake_minutes": "Watched for, in minutes",
}


class GatePolicyForm(forms.ModelForm):
    """Subclassed for each model: the least value of each metric is a field, and empty where none is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apply_only(self, APPLIES)
        for name, label in LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
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
        """What the policy says of one of its minimum values stands at the field of that value."""
        for one in getattr(error, "error_dict", {}).pop("floors", []) if field is None else []:
            name = FLOOR + (one.params or {}).get("metric", "")
            super().add_error(name if name in self.fields else None, one)
        super().add_error(field, error)


def form_for(model: RegisteredModel | None, policy: GatePolicy | None) -> type[GatePolicyForm]:
    """Return the form for a model: with the metrics that fit it, and those that its policy has already."""
    fitting = fitting_metrics(model) if model else list(METRICS.values())
    kept = {policy.primary_metric, *policy.floors} if policy else set()
    shown = [one for one in METRICS.values() if one in fitting or one.name in kept]
    fields: dict[str, Any] = {FLOOR + one.name: _floor(one) for one in shown}
    fields["group_column"] = group_column_field(model)
    fields["primary_metric"] = _primary(shown, fitting)
    if "roc_auc" in (one.name for one in shown):
        fields["positive_label"] = _positive_label(Signature.objects.newest_of(model) if model else None)
    return type("PolicyForm", (GatePolicyForm,), fields)


def options_of(form: type[GatePolicyForm]) -> list[str]:
    """Return the options that some metric of the form has."""
    return [name for name, metric in OPTION_OF.items() if FLOOR + metric in form.base_fields]


def model_named(request: HttpRequest) -> RegisteredModel | None:
    """Return the model in the query string."""
    named = number_in(request.GET.get("registered_model", ""))
    return None if named is None else RegisteredModel.objects.filter(pk=named).first()


def _primary(shown: list[Metric], fitting: list[Metric]) -> forms.ChoiceField:
    known = ", ".join(one.name for one in fitting)
    refused = f"%(value)s is not a metric for this model. Choose from: {known}."
    return forms.ChoiceField(
        choices=[(one.name, f"{MEANS[one.name]} ({one.name})") for one in shown],
        help_text=HELP["primary_metric"],
        error_messages={"invalid_choice": refused},
    )


def _positive_label(signature: Signature | None) -> forms.TypedChoiceField:
    labels = signature.labels if signature and len(signature.labels) == 2 else []
    by_text = {label_text(label): label for label in labels}
    return forms.TypedChoiceField(
        choices=[("", "the last one"), *((text, text) for text in by_text)],
        coerce=by_text.get,
        empty_value=None,
        required=False,
        help_text=HELP["positive_label"],
    )


def _floor(metric: Metric) -> forms.FloatField:
    side = "at least" if metric.greater_is_better else "at most"
    number = forms.NumberInput({"step": "any", "placeholder": "not asked"})
    words = f"{capfirst(MEANS[metric.name])}."
    return forms.FloatField(required=False, label=f"{metric.name} {side}", widget=number, help_text=words)


def label_text(label: Any) -> str:
    """Return a label as the form shows it; empty for None."""
    return "" if label is None else label_key(label)
