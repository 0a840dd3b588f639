"""When a candidate goes live: the metric, how much of it, and from where on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from predictions.admin.base import PreparedListMixin
from predictions.admin.history import WithHistory
from predictions.models import Dataset
from scheduling.admin.datasets import wear_of_each
from scheduling.models import GatePolicy, Schedule


@admin.register(GatePolicy)
class GatePolicyAdmin(PreparedListMixin, WithHistory):
    """Checked against the newest signature when it is saved."""

    list_display = (
        "registered_model", "primary_metric", "promote_when", "least_gain", "margin", "relative", "floors",
        "approval", "evaluation_set",
    )  # fmt: skip
    readonly_fields = ("evaluation_set", "watched")
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
                    "watched",
                    "watch_alpha",
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

    def save_model(self, request: HttpRequest, obj: GatePolicy, form: Any, change: bool) -> None:
        """With a bake time comes the schedule that looks, where there is none and the person may add it."""
        super().save_model(request, obj, form, change)
        if not obj.bake_minutes or obj.is_watched:
            return
        model, name = obj.registered_model, f"watch {obj.registered_model.name}"
        there = Schedule.objects.watching(model) | Schedule.objects.filter(name=name)
        if request.user.has_perm("scheduling.add_schedule") and not there.exists():
            added = Schedule.objects.watch(model)
            self.message_user(request, f"The schedule {added} was added: it looks each minute.")
        else:
            self.message_user(request, self.watched(obj), messages.WARNING)

    @admin.display(description="watched")
    def watched(self, policy: GatePolicy) -> str:
        """Whether the bake time does anything, and by which schedules."""
        if policy.pk is None:
            return "–"
        enabled = Schedule.objects.watching(policy.registered_model).enabled()
        if said := "; ".join(f"{schedule}: {schedule.in_words}" for schedule in enabled):
            return said
        return "No enabled schedule of the task watch: the bake time does nothing."

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
