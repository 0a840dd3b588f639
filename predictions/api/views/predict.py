"""`POST /predict` and `GET /current_model`, in the wire format of the replaced system, from memory only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from predictions.api.request_body import UnsupportedBody, read_body
from predictions.api.schemas import ref
from predictions.api.views import lean
from predictions.api.views.lean import AnyRequest, LeanView, caller_of, count_failure, is_known, reply
from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.log import request_counts
from predictions.serving import serving
from predictions.serving.answering import NoFiniteAnswer, answer

NO_ANSWER = "The values are valid, but the model's answer is not a finite number."
REFUSALS = {
    400: "`errorDetails` lists every field that is wrong.",
    415: "The server cannot read this encoding or charset.",
    422: NO_ANSWER,
    503: "No version is live, or it could not be loaded.",
}
ANSWERED = (
    "The prediction under the output's name, and the model's name. "
    "Headers: `X-Model-Version`, `X-Prediction-Id`."
)
ANSWERS: dict[Any, Any] = {200: OpenApiResponse(OpenApiTypes.OBJECT, description=ANSWERED)} | {
    status: OpenApiResponse(ref("PredictRefusal"), description=why) for status, why in REFUSALS.items()
}


class Predict(LeanView):
    """One row for the default model; the reply names the version that computed it."""

    @extend_schema(
        operation_id="predict",
        tags=["predictions"],
        request={"application/json": OpenApiTypes.OBJECT},
        responses=ANSWERS,
    )
    def post(self, request: AnyRequest) -> HttpResponse:
        """Predict one row with the live version of the default model."""
        snapshot = serving.current()
        served = snapshot.default
        if served and not served.public and not is_known(request):
            raise NotAuthenticated
        if served is None:
            return refusal(None, 503, serving.NOTHING_LIVE, [])
        try:
            version = snapshot.live(served)
        except serving.NoLiveVersion as error:
            return refusal(served, 503, str(error), [])
        self.asked = version
        try:
            row = version.spec.parse(read_body(request, settings.MAX_BODY_BYTES))
            answered = answer(version, [row], who=caller_of(request))
        except InvalidInput as error:
            request_counts.refused(version, who=caller_of(request))
            return refusal(served, 400, served.invalid_input_message, error.errors)
        except UnsupportedBody as error:
            request_counts.refused(version, who=caller_of(request))
            named = [FieldError(field=error.field, message=str(error.detail))]
            return refusal(served, error.status_code, str(error.detail), named, error.headers)
        except NoFiniteAnswer as error:
            count_failure(version, error, who=caller_of(request))
            return refusal(served, 422, NO_ANSWER, error.errors)
        body = {version.spec.output_name: answered.answers.outputs[0], "model": version.name}
        return reply(body, request, version, answered)


def refusal(
    served: serving.ServedModel | None,
    status: int,
    message: str,
    errors: list[FieldError],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    """Answer a prediction that could not be made, under the same keys."""
    version = served.version if served else None
    body: dict[str, Any] = {served.output_name: None} if served else {}
    body["model"] = version.name if version else None
    body |= {"errorMessage": message, "errorDetails": [error.as_dict() for error in errors]}
    named = {"X-Model-Version": version.label} if version else {}
    return HttpResponse(
        lean.encode(body), status=status, content_type=lean.JSON, headers={**headers, **named}
    )


class CurrentModel(APIView):
    """The file that answers `/predict`."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="current_model",
        tags=["predictions"],
        responses={200: {"oneOf": [ref("CurrentModel"), ref("NoCurrentModel")]}},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return the live version of the default model."""
        served = serving.current().default
        if served and not served.public and not request.user.is_authenticated:
            raise NotAuthenticated
        version = served.version if served else None
        body = {"currentModel": None} if version is None else {
            "currentModelName": version.filename, "currentModelVersion": version.label,
        }  # fmt: skip
        return HttpResponse(lean.encode(body), content_type=lean.JSON)
