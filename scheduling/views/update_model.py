"""`POST /update_model`, in the wire format of the replaced system; nothing sent is ever executed."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions.api.defaults import JSONUpload
from predictions.models import RegisteredModel
from predictions.models.live import live_version
from scheduling.models import Run
from scheduling.uploads import uploads
from scheduling.views.serializers import UpdateModelReply, UpdateModelSerializer

MOST_OF_A_REASON = 1_000


class UpdateModel(APIView):
    """Register an uploaded model for the default registered model, and flip if it passes the gate."""

    parser_classes = [JSONUpload]
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="update_model",
        tags=["registry"],
        request=UpdateModelSerializer,
        responses={
            200: UpdateModelReply,
            400: OpenApiResponse(description="Not base64, not a skops file, or a bad name."),
            413: OpenApiResponse(description="The file is too large."),
            429: OpenApiResponse(description="Another upload is being judged."),
        },
    )
    def post(self, request: Request) -> Response:
        """Wait for the verdict and say what is live afterwards."""
        if not request.user.has_perm("predictions.upload_modelversion"):
            raise PermissionDenied
        asked = UpdateModelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        content = uploads.decode(asked.validated_data["modelObject"])
        model = RegisteredModel.objects.filter(is_default=True).first()
        if model is None:
            raise NotFound("No registered model is the default one.")
        run = uploads.judge_upload(
            model,
            filename=asked.validated_data["modelFilename"],
            content=content,
            requested_by=request.user.get_username(),
        )
        live = live_version(model)
        if live and run.decision == Run.Decision.PROMOTED:
            uploads.wait_until_served(live)
        body = {
            "status": "success" if run.decision == Run.Decision.PROMOTED else "failure",
            "updatedModelName": live.filename if live else None,
            "updatedModelVersion": live.label if live else None,
        }
        return Response(body, headers={"X-Run-Id": str(run.pk), "X-Run-Reason": as_header(run.reason)})


def as_header(text: str) -> str:
    """One line, of ASCII: what a header can hold."""
    line = " ".join(text.split())[:MOST_OF_A_REASON]
    return line.encode("ascii", "backslashreplace").decode()
