"""When a candidate goes live: the metric, how much of it, and from where on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from predictions.admin.base import PreparedListMixin
from predictions.admin.history import WithHistory
from predictions.models import Dataset
from scheduling.admin.datasets import wear_of_each
from scheduling.models import GatePolicy


@admin.register(GatePolicy)
class GatePolicyAdmin(PreparedListMixin, WithHistory):
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

    def prepare(self, policies: list[GatePolicy]) -> None:
        """Read which rows candidates are judged on, and how worn they are."""
        models = [policy.registered_model_id for policy in policies]
        current = Dataset.objects.filter(registered_model__in=models).current_of_each(Dataset.Role.EVALUATION)
        wear = wear_of_each(current.values())
        for policy in policies:
            rows = current.get(policy.registered_model_id)
            told = f"{rows.rows} rows, {wear[rows.pk]}" if rows else "none"
            policy.told_rows = told  # type: ignore[attr-defined]

    @admin.display(description="evaluation set")
    def evaluation_set(self, policy: Any) -> str:
        """The rows candidates are judged on now, and how worn they are."""
        if policy.pk is None:
            return "–"
        if not hasattr(policy, "told_rows"):
            self.prepare([policy])
        return str(policy.told_rows)
