"""`POST /update_model`, in the wire format of the replaced system. Nothing in an upload is executed."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.access import require
from predictions.api.defaults import ApiView, JSONUpload
from predictions.api.openapi import extend_schema
from predictions.conf import config
from predictions.models import RegisteredModel
from predictions.models.people.access import May, holds
from predictions.models.promotion import live_version
from scheduling.models import Run
from scheduling.registering.askers import Asker
from scheduling.registering.asking import ask_for_version
from scheduling.registering.waiting import slot, wait_until_served, why_unfinished
from scheduling.runs.parcels import parcel
from scheduling.uploads.base64_body import decode
from scheduling.views.serializers.update_model import UpdateModelReply, UpdateModelSerializer

MOST_OF_A_REASON = 1_000


class UpdateModel(ApiView):
    """An upload of a model for the default registered model."""

    parser_classes = [JSONUpload]
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="update_model", tags=["registry"], request=UpdateModelSerializer,
        responses={
            200: UpdateModelReply,
            400: OpenApiResponse(description="The file is not base64 or no model, or its name is invalid."),
            413: OpenApiResponse(description="The file is too large."),
            429: OpenApiResponse(description="Another upload is being judged. Try again later."),
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Register a model and promote it if it passes the gate. The answer says what is live then."""
        if not holds(request.user, May.UPLOAD):
            raise PermissionDenied
        model = RegisteredModel.objects.filter(is_default=True).first()
        if model is None:
            raise NotFound("No registered model is the default. Choose one in the admin.")
        require(request.user, May.UPLOAD, model)
        asked = UpdateModelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        content = decode(asked.validated_data["modelObject"])
        by, filename = request.user.get_username(), asked.validated_data["modelFilename"]
        with slot.occupied(), parcel() as sent:
            sent.keep("file", [content], filename=filename)
            asker = Asker(by=by, trigger=Run.Trigger.API)
            run = ask_for_version(asker, sent, model=model, again=True)
            assert run is not None  # asked again
            is_over = slot.wait(run, seconds=config.UPDATE_MODEL_WAIT_SECONDS, gives_way=False)
        live, promoted = live_version(model), run.decision == Run.Decision.PROMOTED
        if live and promoted:
            wait_until_served(live)
        reason = run.reason if is_over else why_unfinished(run)
        body = {
            "status": "success" if promoted else "failure",
            "updatedModelName": live.filename if live else None,
            "updatedModelVersion": live.label if live else None,
        }
        return Response(body, headers={"X-Run-Id": str(run.pk), "X-Run-Reason": as_header(reason)})


def as_header(text: str) -> str:
    """Return the text as one line of ASCII, which is what a header can hold."""
    line = " ".join(text.split())[:MOST_OF_A_REASON]
    return line.encode("ascii", "backslashreplace").decode()
