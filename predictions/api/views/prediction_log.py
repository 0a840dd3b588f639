"""`/api/predictions` and `/api/feedback`: the prediction log, and the true labels of its predictions."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.api_errors import STATUS_AND_CODE
from predictions.api.defaults import ApiView, JSONArray, JSONParser
from predictions.api.lists import Listed, NewestByUUID, OfModel, OfVersion, documented
from predictions.api.openapi import extend_schema
from predictions.api.schemas import list_of, ref
from predictions.api.serializers import PredictionSerializer
from predictions.conf import config
from predictions.contract.bodies import refuse_too_many
from predictions.contract.fields import FieldError, InvalidInput
from predictions.log.feedback import Given, take
from predictions.models import Prediction
from predictions.models.people.access import May, holds

MOST_ERRORS = 100


class MayReadLog(BasePermission):
    """Inputs may be about people, so a token alone is not enough."""

    permission = May.READ_LOG

    def has_permission(self, request: Request, view: Any) -> bool:
        return holds(request.user, self.permission)


class MayTell(MayReadLog):
    """A label can roll a version back, so a token alone is not enough."""

    permission = May.TELL


@documented("predictions", "prediction", tag="predictions")
class Predictions(Listed):
    """The predictions in the log, newest first, each under the `X-Prediction-Id` of its reply."""

    serializer_class = PredictionSerializer
    permission_classes = [MayReadLog]
    queryset = Prediction.objects.all()
    related = ("registered_model", "model_version__signature", "feedback")
    pagination_class = NewestByUUID
    needs = May.READ_LOG
    filters: ClassVar[Any] = {"model": OfModel(), "version": OfVersion()}


class PredictionFeedback(ApiView):
    """The true label of one prediction."""

    permission_classes = [MayTell]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="give_feedback", tags=["predictions"], request={"application/json": ref("Feedback")},
        responses={
            200: ref("FeedbackStored"),
            404: OpenApiResponse(description="It does not exist, or is not logged yet (see `Retry-After`)."),
            409: OpenApiResponse(description="A different label was stored before, and stays."),
        },
    )  # fmt: skip
    def post(self, request: Request, pk: UUID) -> Response:
        """Store the true label of a prediction. Sending the same label again changes nothing."""
        body: Any = request.data
        if errors := list(_problems(body, {"label"})):
            raise InvalidInput(errors)
        taken = take([Given(pk, body["label"])], by=request.user)
        for _, refusal in taken.refused:
            raise refusal
        return Response({"prediction_id": str(pk), "label": body["label"], "stored": taken.stored == 1})


class BulkFeedback(ApiView):
    """The true labels of many predictions."""

    permission_classes = [MayTell]
    parser_classes = [JSONArray]

    @extend_schema(
        operation_id="give_feedback_in_bulk", tags=["predictions"], responses={200: ref("FeedbackTaken")},
        request={"application/json": list_of(ref("FeedbackOfPrediction"))},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Store every label that is valid; `refused` names the row and the field of each other one."""
        taken = take(_given(request.data), by=request.user)
        refused = [
            {"row": row, "code": STATUS_AND_CODE[type(why)][1], "field": why.field, "message": str(why)}
            for row, why in taken.refused
        ]
        return Response({"stored": taken.stored, "unchanged": taken.unchanged, "refused": refused})


def _given(items: Any) -> list[Given]:
    """Return the labels of a body. Raises `TooManyRows`, or `InvalidInput`: then nothing is stored."""
    if not isinstance(items, list):  # DRF parses an empty body to something else
        raise InvalidInput.of_body("Input should be a JSON array")
    refuse_too_many(len(items), config.MAX_ROWS)
    given: list[Given] = []
    errors: list[FieldError] = []
    for row, item in enumerate(items):
        if problems := list(_problems(item, {"prediction_id", "label"}, row)):
            errors += problems
        elif prediction_id := _uuid(item["prediction_id"]):
            given.append(Given(prediction_id, item["label"]))
        else:
            errors.append(FieldError(row=row, field="prediction_id", message="Input should be a valid UUID"))
        if len(errors) >= MOST_ERRORS:
            break
    if errors:
        raise InvalidInput(errors[:MOST_ERRORS])
    return given


def _problems(item: Any, wanted: set[str], row: int | None = None) -> Iterator[FieldError]:
    if not isinstance(item, dict):
        yield FieldError(row=row, field="body", message="Input should be a JSON object")
        return
    for name in sorted(wanted ^ item.keys()):
        message = "Field required" if name in wanted else "Unknown field"
        yield FieldError(row=row, field=name, message=message)


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
