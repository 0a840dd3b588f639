"""How runs look from outside."""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from predictions.api.strict import StrictSerializer, Text
from scheduling.evidence_page.readers import may_read_values, told_evidence
from scheduling.models import ApprovalAnswer, ApprovalRequest, CheckResult, Run, Watch
from scheduling.models.schedule import TaskName
from scheduling.runs.requests import REQUESTABLE

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class CheckResultSerializer(serializers.ModelSerializer[CheckResult]):
    """One outcome: what was measured, and the limits in force; for some the rows and values, too."""

    check = serializers.CharField(source="check_id")
    details = serializers.SerializerMethodField(
        help_text="Null without the permission `predictions.view_prediction`."
    )

    class Meta:
        model = CheckResult
        fields = [
            "check", "level", "blocking", "message", "statistics", "measured", "limit", "details", "seconds",
        ]  # fmt: skip

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_details(self, result: CheckResult) -> dict[str, Any] | None:
        """Null for those who may not read the prediction log."""
        return result.details if may_read_values(_reader(self.context)) else None


def _reader(context: Mapping[str, Any]) -> Any:
    """Who is answered; a serializer that is not told has nobody."""
    request = context.get("request")
    return request and request.user


class RunSerializer(serializers.ModelSerializer[Run]):
    """A run without its outcomes, for lists."""

    model = serializers.CharField(source="registered_model.name")
    decision = serializers.ChoiceField(
        choices=Run.Decision.choices, allow_blank=True, help_text="Empty where nothing was decided."
    )
    candidate = serializers.CharField(source="candidate.label", allow_null=True)
    champion = serializers.CharField(source="champion.label", allow_null=True)
    promotion = serializers.IntegerField(source="promotion.sequence", allow_null=True)
    seconds = serializers.FloatField(allow_null=True)

    class Meta:
        model = Run
        fields = [
            "id", "task", "model", "trigger", "schedule_name", "scheduled_for", "requested_by", "status",
            "step", "decision", "reason", "candidate", "champion", "promotion", "created_at", "started_at",
            "finished_at", "seconds", "attempt", "retry_of",
        ]  # fmt: skip
        read_only_fields = fields


class ApprovalAnswerSerializer(serializers.ModelSerializer[ApprovalAnswer]):
    """What became of a question to a person."""

    class Meta:
        model = ApprovalAnswer
        fields = ["kind", "by", "reason", "at"]


class ApprovalSerializer(serializers.ModelSerializer[ApprovalRequest]):
    """A question to a person, and its answer."""

    answer = ApprovalAnswerSerializer(allow_null=True)

    class Meta:
        model = ApprovalRequest
        fields = ["asked_at", "expires_at", "answer"]


class ReasonSerializer(StrictSerializer):
    """Why a person approves or refuses."""

    reason = Text(max_length=2000)


class RunDetailSerializer(RunSerializer):
    """A run with its outcomes and what the decision can be checked by."""

    results = CheckResultSerializer(many=True)
    evidence = serializers.SerializerMethodField()
    approval = ApprovalSerializer(source="approval_request", allow_null=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "evidence", "results", "approval"]
        read_only_fields = fields

    @extend_schema_field(serializers.DictField())
    def get_evidence(self, run: Run) -> dict[str, Any]:
        """What was noted; conditions of slices are null for those who may not read the prediction log."""
        return told_evidence(run.evidence, _reader(self.context))


class WatchSerializer(serializers.ModelSerializer[Watch]):
    """A watch with what it has seen, by rule."""

    model = serializers.CharField(source="promotion.registered_model.name")
    version = serializers.CharField(source="promotion.version.label")
    promotion = serializers.IntegerField(source="promotion.sequence")
    roll_back = serializers.IntegerField(source="roll_back.sequence", allow_null=True)
    warning = serializers.CharField(help_text="Where nobody looked in time.")
    gaps = serializers.ListField(
        child=serializers.ListField(child=serializers.DateTimeField()),
        help_text="From when to when nobody looked.",
    )

    class Meta:
        model = Watch
        fields = [
            "id", "model", "promotion", "version", "status", "reason", "warning", "run", "roll_back",
            "opened_at", "until", "counted_until", "looked_at", "gaps", "closed_at", "limits", "evidence",
        ]  # fmt: skip
        read_only_fields = fields


class ExhibitSerializer(serializers.Serializer[Any]):
    """One thing that the evidence page shows; `note` says what is not there, and why."""

    id = serializers.CharField()
    title = serializers.CharField()
    figures = serializers.DictField()
    description = serializers.CharField(help_text="What the picture shows, in words.")
    note = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[Any]):
    """What the evidence page shows of a run, without the pictures."""

    run = RunDetailSerializer()
    compared = serializers.DictField(help_text="Versions and dataset: labels, hashes, rows.")
    exhibits = ExhibitSerializer(many=True)
    problem = serializers.CharField(help_text="Why there are no exhibits.")


class RunRequestSerializer(StrictSerializer):
    """What a caller may ask for."""

    task = serializers.ChoiceField(choices=[task.value for task in REQUESTABLE])
    model = Text(max_length=64)
    version = Text(max_length=30, required=False, help_text="To validate: the label; else the newest.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only a validation is of a version."""
        if "version" in attrs and attrs["task"] != TaskName.VALIDATE:
            raise serializers.ValidationError({"version": f"{attrs['task']} takes no version"})
        return attrs


class UpdateModelSerializer(StrictSerializer):
    """The body of `POST /update_model`, as the replaced system's clients send it."""

    modelFilename = Text(max_length=100, help_text="What clients will see: my-model.skops")
    modelObject = Text(trim_whitespace=True, help_text="A skops file, base64-encoded.")

    def validate_modelFilename(self, value: str) -> str:
        """A file's plain name, never a path."""
        if not PLAIN_NAME.fullmatch(value):
            raise serializers.ValidationError("A plain file name: letters, digits, dot, hyphen, underscore")
        return value


class UpdateModelReply(serializers.Serializer[Any]):
    """What is live after the upload was judged."""

    status = serializers.ChoiceField(choices=["success", "failure"])
    updatedModelName = serializers.CharField(allow_null=True)
    updatedModelVersion = serializers.CharField(allow_null=True)
