"""`POST /predict` and `GET /current_model` as the replaced system had them; `POST /api/models/…/predict`."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request

from predictions.api.defaults import ApiView
from predictions.api.openapi import OF_MODEL, OF_VERSION, extend_schema
from predictions.api.request_body import UnsupportedBody, WrongHeader
from predictions.api.rows import JSON, ONE_ROW, ROWS, encode, invalid, refusal
from predictions.api.schemas import ref
from predictions.api.views import lean
from predictions.api.views.lean import AnyRequest, LeanView, caller_of, is_known
from predictions.contract.fields import FieldError, InvalidInput
from predictions.lane.doors import Route
from predictions.log import request_counts
from predictions.serving import answering, serving

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
BODY = {"application/json": ref("Rows")}
ROWS_ANSWERED = OF_MODEL | {200: {"oneOf": [ref("PredictReply"), ref("Predictions")]}}


class Predict(LeanView):
    """Predict one row with the live version of the default model."""

    @extend_schema(
        operation_id="predict", tags=["predictions"], request={"application/json": OpenApiTypes.OBJECT},
        responses=ANSWERS,
    )  # fmt: skip
    def post(self, request: AnyRequest) -> HttpResponse:
        snapshot = serving.current()
        served = snapshot.default
        require_predict(request, served)
        if served is None:
            return refused(None, 503, serving.nothing_live(), [])
        try:
            self.asked = version = snapshot.live(served)
            return lean.predicted(request, version, Route(ONE_ROW))
        except serving.NoLiveVersion as error:
            return refused(served, 503, str(error), [])
        except WrongHeader as error:
            request_counts.counts.refused(version, who=caller_of(request))
            return refused(served, 400, error.sentence, error.errors)
        except InvalidInput as error:
            request_counts.counts.refused(version, who=caller_of(request))
            return lean.respond(invalid(served, error))
        except UnsupportedBody as error:
            request_counts.counts.refused(version, who=caller_of(request))
            named = [FieldError(field=error.field, message=str(error.detail))]
            return refused(served, error.status_code, str(error.detail), named, error.headers)
        except answering.NoFiniteAnswer as error:
            answering.count_failure(version, error, who=caller_of(request))
            return refused(served, 422, NO_ANSWER, error.errors)


def require_predict(request: AnyRequest, served: serving.ServedModel | None) -> None:
    """Raise an error where the default model is private and not for this caller."""
    if served and not lean.may_predict(request, served):
        raise PermissionDenied if is_known(request) else NotAuthenticated


def refused(*why: Any) -> HttpResponse:
    """Answer a prediction that could not be made."""
    return lean.respond(refusal(*why))


class CurrentModel(ApiView):
    """Return the live version of the default model."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="current_model", tags=["predictions"],
        responses={200: {"oneOf": [ref("CurrentModel"), ref("NoCurrentModel")]}},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        served = serving.current().default
        require_predict(request, served)
        version = served.version if served else None
        body = {"currentModel": None} if version is None else {
            "currentModelName": version.filename, "currentModelVersion": version.label,
        }  # fmt: skip
        return HttpResponse(encode(body), content_type=JSON)


class ModelPredict(LeanView):
    """Predict one row, many rows or columns with the live version of a model."""

    @extend_schema(operation_id="predict_model", tags=["predictions"], request=BODY, responses=ROWS_ANSWERED)
    def post(self, request: AnyRequest, name: str) -> HttpResponse:
        snapshot = serving.current()
        self.asked = snapshot.live(lean.visible_model(snapshot, request, name))
        return lean.predicted(request, self.asked, Route(ROWS, name))


class VersionPredict(LeanView):
    """Predict with any version. This needs a token with `predictions.try_version`."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="predict_version", tags=["predictions"], request=BODY,
        responses=ROWS_ANSWERED | OF_VERSION,
    )  # fmt: skip
    def post(self, request: AnyRequest, name: str, label: str) -> HttpResponse:
        lean.require_try(request, name)
        self.asked = answering.find(name, label)
        return lean.predicted(request, self.asked, Route(ROWS, name, label))
