"""The registry and the prediction log as JSON."""

from functools import cached_property
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from predictions.api.strict import Moment, RowSerializer, StrictSerializer, Text
from predictions.models import Feedback, ModelVersion, Prediction, Promotion, RegisteredModel, Worker
from predictions.serving.worker_report import ServedBy


class HoldSerializer(serializers.Serializer[Any]):
    """Who put the model on hold, so that only people promote its versions, and why."""

    by = serializers.CharField(source="held_by")
    reason = serializers.CharField(source="held_reason")
    at = Moment(source="held_at")


class ServedBySerializer(serializers.Serializer[Any]):
    """How many running workers serve the live version; `since` is when the last of them began."""

    workers = serializers.IntegerField()
    of = serializers.IntegerField()
    since = Moment(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField())


class RegisteredModelSerializer(RowSerializer[RegisteredModel]):
    """A registered model with its live version's label, and its hold where it has one."""

    live_version = serializers.CharField(source="live_label", allow_null=True, read_only=True)
    hold = serializers.SerializerMethodField()
    served_by = serializers.SerializerMethodField()

    class Meta:
        model = RegisteredModel
        fields = [
            "name", "title", "is_default", "public", "live_version", "served_by", "hold", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(HoldSerializer(allow_null=True))
    def get_hold(self, model: RegisteredModel) -> Any:
        return HoldSerializer(model).data if model.is_held else None

    @extend_schema_field(ServedBySerializer(allow_null=True))
    def get_served_by(self, model: RegisteredModel) -> Any:
        """The workers' own reports; null where no version is live."""
        if model.live_label is None:
            return None
        return ServedBySerializer(ServedBy.among(self._alive, model.name, model.live_label)).data

    @cached_property
    def _alive(self) -> list[Worker]:
        """One query for a whole list: one serializer writes all of its rows."""
        return list(Worker.objects.alive())


class ModelVersionSerializer(RowSerializer[ModelVersion]):
    """A version, and what it was made from."""

    model = serializers.CharField(source="registered_model.name")
    version = serializers.CharField(source="label")
    is_live = serializers.BooleanField()

    class Meta:
        model = ModelVersion
        fields = [
            "model", "version", "is_live", "name", "filename", "source", "estimator", "params",
            "libraries", "parity", "artefact_sha256", "served_form_sha256", "created_by", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class PromotionSerializer(RowSerializer[Promotion]):
    """One row of the ledger."""

    model = serializers.CharField(source="registered_model.name")
    version = serializers.CharField(source="version.label")
    replaced_version = serializers.CharField(
        source="replaced_version.label", allow_null=True, read_only=True, help_text="Null for the first."
    )

    class Meta:
        model = Promotion
        fields = [
            "model", "sequence", "kind", "version", "replaced_version", "restores", "by", "reason", "at",
        ]  # fmt: skip
        read_only_fields = fields


class ToldSerializer(RowSerializer[Feedback]):
    """The true label of a prediction, and who sent it when."""

    class Meta:
        model = Feedback
        fields = ["label", "who", "at"]
        read_only_fields = fields


class PredictionSerializer(RowSerializer[Prediction]):
    """One row of the prediction log, with its true label where a client has sent it."""

    model = serializers.CharField(source="registered_model.name")
    version = serializers.CharField(source="model_version.label")
    at = Moment()
    inputs = serializers.DictField()
    output: Any = serializers.JSONField(help_text="The label, or a number for a regression.")
    probabilities = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="In the order of the signature's labels; null for a model without probabilities.",
    )
    feedback = ToldSerializer(allow_null=True, read_only=True)

    class Meta:
        model = Prediction
        fields = [
            "id", "at", "model", "version", "inputs", "output", "probabilities", "latency_us", "who",
            "feedback",
        ]  # fmt: skip
        read_only_fields = fields


class PromotionRequestSerializer(StrictSerializer):
    """A promotion or a roll back; `replaces` makes sure that nobody else changed the live version."""

    model = Text(max_length=64)
    kind = serializers.ChoiceField(choices=Promotion.Kind.choices, default=Promotion.Kind.PROMOTE)
    version = Text(max_length=30, required=False, help_text="For a promotion: the label, such as 1.3.")
    replaces = Text(max_length=30, allow_null=True, help_text="The label of the live version, or null.")
    reason = Text(max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == Promotion.Kind.PROMOTE and "version" not in attrs:
            raise serializers.ValidationError({"version": "Field required"})
        if attrs["kind"] == Promotion.Kind.ROLL_BACK and "version" in attrs:
            message = "A rollback always goes to the version before the live one. Leave this field out."
            raise serializers.ValidationError({"version": message})
        return attrs
