"""When a candidate goes live: the metric, how much of it, and from where on."""

from __future__ import annotations

from django.contrib import admin

from predictions.admin.history import WithHistory
from predictions.models import Dataset
from scheduling.admin.datasets import wear_of
from scheduling.models import GatePolicy


@admin.register(GatePolicy)
class GatePolicyAdmin(WithHistory):
    """Checked against the newest signature when it is saved."""

    list_display = (
        "registered_model", "primary_metric", "promote_when", "least_gain", "margin", "relative", "floors",
        "approval", "evaluation_set",
    )  # fmt: skip
    readonly_fields = ("evaluation_set",)
    fieldsets = (
        (None, {"fields": ("registered_model", "evaluation_set")}),
        (
            "Better than the champion",
            {
                "fields": (
                    "primary_metric",
                    "promote_when",
                    "least_gain",
                    "margin",
                    "relative",
                    "group_column",
                )
            },
        ),
        ("Who flips", {"fields": ("approval",)}),
        (
            "After the flip",
            {
                "fields": (
                    "bake_minutes",
                    "watch_alpha",
                    "watch_anonymous",
                    "error_tolerance",
                    "latency_tolerance",
                    "mix_tolerance",
                    "loss_tolerance",
                )
            },
        ),
        ("Good enough at all", {"fields": ("floors",)}),
        ("What some metrics ask for", {"fields": ("log_loss_floor", "pinball_quantile", "positive_label")}),
    )

    @admin.display(description="evaluation set")
    def evaluation_set(self, policy: GatePolicy) -> str:
        """The rows candidates are judged on now, and how worn they are."""
        if policy.pk is None:
            return "–"
        current = Dataset.objects.current(policy.registered_model, Dataset.Role.EVALUATION)
        return f"{current.rows} rows, {wear_of(current)}" if current else "none"
