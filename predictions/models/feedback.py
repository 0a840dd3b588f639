"""What turned out to be true of a prediction: its label, told by a client when it is known."""

from __future__ import annotations

from django.db import models
from django.db.models import DO_NOTHING, Index
from django.db.models.functions import Now

from predictions.models.append_only import AppendOnly
from predictions.models.prediction import Prediction


class Feedback(AppendOnly):
    """The true label of one logged prediction. Written by `log.feedback` only, removed with it.

    `DO_NOTHING`: prune removes labels and predictions itself, in ranges. The database still refuses a
    label without its prediction.
    """

    prediction = models.OneToOneField(Prediction, DO_NOTHING, primary_key=True, related_name="feedback")
    label = models.JSONField(help_text="One of the signature's labels, or the value of a regression.")
    who = models.CharField(max_length=150, help_text="The token's user.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "feedback"
        indexes = [Index(fields=["at"], name="feedback_by_arrival")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.label}"
