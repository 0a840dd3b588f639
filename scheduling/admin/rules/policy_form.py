"""The policy's form, made for the task and the labels of the model's signature."""

from typing import Any

from django import forms
from django.http import HttpRequest

from predictions.contract.signature import label_key
from predictions.models import Signature
from scheduling.admin.applies import apply_only
from scheduling.models import GatePolicy
from scheduling.models.setup.policy import HELP
from scheduling.statistics.metrics.table import METRICS, Metric

FLOOR = "floor_"
OF_WATCH = (
    "watch_alpha", "watch_anonymous",
    "error_tolerance", "latency_tolerance", "mix_tolerance", "loss_tolerance",
)  # fmt: skip
APPLIES = {"least_gain": "promote_when: better", "margin": "promote_when: not_worse unless_worse"}
APPLIES |= dict.fromkeys(OF_WATCH, "bake_minutes: !0")


class GatePolicyForm(forms.ModelForm):
    """Subclassed for each task: the least value of each metric is a field, and empty where none is asked."""

    labels: tuple[Any, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apply_only(self, APPLIES)
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


def form_for(request: HttpRequest, policy: GatePolicy | None) -> type[GatePolicyForm]:
    """Return the form for the policy's model, or for the model in the query string."""
    named = request.GET.get("registered_model", "")
    given = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else 0
    model = policy.registered_model_id if policy else given
    return policy_form(Signature.objects.newest_of(model))


def _floor(metric: Metric) -> forms.FloatField:
    side = "at least" if metric.greater_is_better else "at most"
    number = forms.NumberInput({"step": "any", "placeholder": "not asked"})
    return forms.FloatField(required=False, label=f"{metric.name} {side}", widget=number)


def label_text(label: Any) -> str:
    """Return a label as the form shows it; empty for None."""
    return "" if label is None else label_key(label)
