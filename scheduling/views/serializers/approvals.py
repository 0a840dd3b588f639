"""The approval that a run waits for, and the answer to it."""

from predictions.api.strict import RowSerializer, StrictSerializer, Text
from scheduling.models import ApprovalAnswer, ApprovalRequest


class ApprovalAnswerSerializer(RowSerializer[ApprovalAnswer]):
    """Who approved or refused a run, when and why; or why the request lapsed."""

    class Meta:
        model = ApprovalAnswer
        fields = ["kind", "by", "reason", "at"]


class ApprovalSerializer(RowSerializer[ApprovalRequest]):
    """A request to a person to approve a run, and its answer; null while it waits."""

    answer = ApprovalAnswerSerializer(allow_null=True)

    class Meta:
        model = ApprovalRequest
        fields = ["asked_at", "expires_at", "answer"]


class ReasonSerializer(StrictSerializer):
    """Why a person approves or refuses."""

    reason = Text(max_length=2000)
