"""The prediction log: inputs and answers, by which version, and the true labels that came later."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import models
from django.db.models import DO_NOTHING, PROTECT, ExpressionWrapper, F, Index

from predictions.models.base import LONGEST_NAME, AppendOnly, DatabaseTime
from predictions.models.model_version import ModelVersion
from predictions.models.registered_model import RegisteredModel


def first_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 of this moment: ids begin with the milliseconds since 1970."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)


class PredictionQuerySet(models.QuerySet["Prediction"]):
    """Questions about many predictions: ids sort by time, so each is a range of the primary key."""

    def since(self, moment: datetime) -> PredictionQuerySet:
        return self.filter(pk__gte=first_id_at(moment))

    def before(self, moment: datetime) -> PredictionQuerySet:
        return self.filter(pk__lt=first_id_at(moment))

    def asked_by(
        self, who: str, *, model: RegisteredModel, version: ModelVersion | None = None
    ) -> PredictionQuerySet:
        """Those of one caller, for a model or for one version of it."""
        # No index has caller and version: the caller's rows are read, from the version's first prediction
        # to its last. Adding 0 keeps the planner from reading all rows of the version instead.
        rows = self.filter(registered_model=model, who=who)
        if version is None:
            return rows
        ids = Prediction.objects.filter(model_version=version).order_by("pk").values_list("pk", flat=True)
        if not ids.exists():
            return rows.none()
        same_version = ExpressionWrapper(F("model_version_id") + 0, output_field=models.BigIntegerField())
        rows = rows.filter(pk__gte=ids.first(), pk__lte=ids.last())
        return rows.alias(same_version=same_version).filter(same_version=version.pk)


class Prediction(AppendOnly):
    """One row that was answered; written by `log.ingester` only, removed by age only.

    `id` is the `X-Prediction-Id` of the reply, plus the row's place where a request had several. Each
    filter that people need has an index that ends with the id: a page costs the same however deep.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    registered_model = models.ForeignKey(RegisteredModel, PROTECT, related_name="predictions", db_index=False)
    model_version = models.ForeignKey(ModelVersion, PROTECT, related_name="predictions", db_index=False)
    inputs = models.JSONField(help_text="By feature, without redacted ones. Missing values are null.")
    output = models.JSONField(null=True, help_text="The predicted label or value.")
    probabilities = models.JSONField(null=True, help_text="In the order of the signature's labels.")
    latency_us = models.PositiveIntegerField(
        "latency in µs",
        help_text="Time of the model for the whole request, in microseconds: computing the answer and "
        "checking it. Reading and validating the request, waiting and sending are not included.",
    )
    who = models.CharField(
        max_length=LONGEST_NAME, blank=True, help_text="The token's user; empty without a token."
    )

    objects = PredictionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [
            Index(fields=["registered_model", "id"], name="prediction_of_model"),
            Index(fields=["model_version", "id"], name="prediction_of_version"),
            Index(fields=["registered_model", "who", "id"], name="prediction_by_whom"),
        ]

    @property
    def latency_ms(self) -> str:
        """The model's time in words: "0.212 ms"; a page that writes in capitals makes "MS" of "µs"."""
        return "–" if self.latency_us is None else f"{self.latency_us / 1000:.3f} ms"

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp((self.pk.int >> 80) / 1000, tz=UTC)


class Feedback(AppendOnly):
    """The true label of one logged prediction. Written by `log.feedback` only."""

    # `DO_NOTHING`: prune removes labels first. The database refuses a label without its prediction.
    prediction = models.OneToOneField(Prediction, DO_NOTHING, primary_key=True, related_name="feedback")
    label = models.JSONField(help_text="One of the signature's labels, or the value of a regression.")
    who = models.CharField(max_length=LONGEST_NAME, help_text="The token's user.")
    at = DatabaseTime()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "feedback"
        indexes = [Index(fields=["at"], name="feedback_by_arrival")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.label}"
