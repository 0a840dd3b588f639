"""The labels that clients told: readable, and nothing else."""

from typing import Any

from django.contrib import admin

from predictions.admin.base import LongListMixin, ReadOnlyMixin
from predictions.models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(LongListMixin, ReadOnlyMixin, admin.ModelAdmin):
    """What turned out to be true, beside what was answered; newest predictions first."""

    list_display = ("prediction_id", "model_version", "output", "label", "who", "at")
    list_select_related = ("prediction__model_version__signature__registered_model",)
    fields = ("prediction", "model_version", "output", "label", "who", "at")
    readonly_fields = ("model_version", "output")

    def get_actions(self, request: Any) -> dict[str, Any]:
        return {}

    @admin.display(description="version")
    def model_version(self, feedback: Feedback) -> str:
        return str(feedback.prediction.model_version)

    @admin.display(description="answered")
    def output(self, feedback: Feedback) -> Any:
        return feedback.prediction.output
