"""Runs as JSON, and the bodies of requests about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from predictions.api.strict import Moment, RowSerializer, StrictSerializer, Text, Truth
from scheduling.evidence_page.page import may_read_values, told_evidence
from scheduling.models import CheckResult, Run, TrainingOutput
from scheduling.models.schedule import TaskName
from scheduling.runs.transitions import REQUESTABLE
from scheduling.views.serializers.approvals import ApprovalSerializer


class CheckResultSerializer(RowSerializer[CheckResult]):
    """The result of one check: verdict, statistics behind it, what was measured, and the limits in force."""

    check = serializers.CharField(source="check_id")
    details = serializers.SerializerMethodField(
        help_text="Rows and values; null without the permission `predictions.view_prediction`."
    )

    class Meta:
        model = CheckResult
        fields = [
            "check", "level", "blocking", "message", "statistics", "measured", "limit", "details", "seconds",
        ]  # fmt: skip

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_details(self, result: CheckResult) -> dict[str, Any] | None:
        return result.details if may_read_values(_reader(self.context), result.run) else None


def _reader(context: Mapping[str, Any]) -> Any:
    """Return the caller; None without a request."""
    request = context.get("request")
    return request and request.user


class RunErrorSerializer(serializers.Serializer[Any]):
    """One field of a registration that was wrong; `choices` are the answers it may have."""

    field = serializers.CharField()
    message = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField(), required=False)


class RunSerializer(RowSerializer[Run]):
    """A run without the results of its checks, for lists."""

    model = serializers.CharField(source="registered_model.name")
    decision = serializers.ChoiceField(
        choices=Run.Decision.choices, allow_blank=True, help_text="Empty while nothing is decided."
    )
    candidate = serializers.CharField(source="candidate.label", allow_null=True)
    champion = serializers.CharField(source="champion.label", allow_null=True)
    promotion = serializers.IntegerField(source="promotion.sequence", allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    errors = RunErrorSerializer(  # type: ignore[assignment]
        many=True, help_text="What was wrong with what was sent, by field."
    )
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What was decided about the data, and why."
    )

    class Meta:
        model = Run
        fields = [
            "id", "task", "model", "trigger", "schedule_name", "scheduled_for", "requested_by", "status",
            "step", "decision", "reason", "candidate", "champion", "promotion", "created_at", "started_at",
            "finished_at", "seconds", "attempt", "retry_of", "errors", "notes",
        ]  # fmt: skip
        read_only_fields = fields


class RunDetailSerializer(RunSerializer):
    """A run with the results of its checks, and what is needed to verify the decision."""

    results = CheckResultSerializer(many=True)
    evidence = serializers.SerializerMethodField()
    approval = ApprovalSerializer(source="approval_request", allow_null=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "evidence", "results", "approval"]
        read_only_fields = fields

    @extend_schema_field(serializers.DictField())
    def get_evidence(self, run: Run) -> dict[str, Any]:
        """The conditions of slices are null for those who may not read the prediction log."""
        return told_evidence(run, _reader(self.context))


class TrainingOutputSerializer(RowSerializer[TrainingOutput]):
    """What training code printed and logged."""

    is_cut = serializers.BooleanField(help_text="Whether only the end of it was kept.")

    class Meta:
        model = TrainingOutput
        fields = ("text", "printed", "is_cut", "metrics", "updated_at")


class ExhibitSerializer(serializers.Serializer[Any]):
    """One part of the evidence page. `note` says what is missing, and why."""

    id = serializers.CharField()
    title = serializers.CharField()
    figures = serializers.DictField()
    description = serializers.CharField(help_text="What the picture shows, in words.")
    note = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[Any]):
    """The evidence page of a run, without the pictures."""

    run = RunDetailSerializer()
    compared = serializers.DictField(help_text="The versions and the dataset: labels, hashes, rows.")
    exhibits = ExhibitSerializer(many=True)
    problem = serializers.CharField(help_text="Why `exhibits` is empty; else empty.")


OF_TASK = (("version", TaskName.VALIDATE), ("as_of", TaskName.RETRAIN), ("repeat", TaskName.RETRAIN))


class RunRequestSerializer(StrictSerializer):
    """The run to queue."""

    task = serializers.ChoiceField(choices=[task.value for task in REQUESTABLE])
    model = Text(max_length=64)
    version = Text(max_length=30, required=False, help_text="For `validate`: the label. Default: the newest.")
    as_of = Moment(
        required=False,
        help_text="For `retrain`: rows are read from the source up to this moment. Default: now.",
    )

    repeat = Truth(
        required=False, help_text="For `retrain`: train also where there is nothing new. Default: false."
    )

    def validate_as_of(self, value: datetime) -> datetime:
        if value > timezone.now():
            raise serializers.ValidationError("Input should not be in the future")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name, task in OF_TASK:
            if name in attrs and attrs["task"] != task:
                message = f"Input should be absent, because the task is {attrs['task']}"
                raise serializers.ValidationError({name: message})
        return attrs
