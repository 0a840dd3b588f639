"""`POST /api/predictions/{id}/feedback` and `POST /api/feedback`: what turned out to be true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from predictions.api.api_errors import STATUS_AND_CODE
from predictions.api.parsers import JSONArray, JSONParser
from predictions.contract.bodies import refuse_too_many
from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.log.feedback import Given, take

MOST_ERRORS = 100
LABEL: Any = serializers.JSONField(help_text="One of the model's labels; a number for a regression.")
_ID = {"prediction_id": serializers.UUIDField()}
_ONE: Any = inline_serializer("Feedback", {"label": LABEL})
_MANY: Any = inline_serializer("FeedbackOfPrediction", _ID | {"label": LABEL}, many=True)
_STORED: Any = inline_serializer(
    "FeedbackStored", _ID | {"label": LABEL, "stored": serializers.BooleanField()}
)
_REFUSED = inline_serializer(
    "FeedbackRefused",
    {
        "row": serializers.IntegerField(),
        "code": serializers.CharField(),
        "field": serializers.CharField(),
        "message": serializers.CharField(),
    },
    many=True,
)
_TAKEN: Any = inline_serializer(
    "FeedbackTaken",
    {"stored": serializers.IntegerField(), "unchanged": serializers.IntegerField(), "refused": _REFUSED},
)


class MayTell(BasePermission):
    """A label can roll a version back: a token alone is not enough."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Their own permission."""
        return bool(request.user.has_perm("predictions.add_feedback"))


class PredictionFeedback(APIView):
    """The label of one prediction."""

    permission_classes = [MayTell]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="give_feedback",
        tags=["predictions"],
        request=_ONE,
        responses={
            200: _STORED,
            404: OpenApiResponse(description="No such prediction, or not yet: `Retry-After`."),
            409: OpenApiResponse(description="Another label was told before."),
        },
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Tell what turned out to be true; the same label again changes nothing."""
        body: Any = request.data
        if errors := list(_problems(body, {"label"})):
            raise InvalidInput(errors)
        label = body["label"]
        taken = take([Given(pk, label)], who=request.user.get_username())
        for _, refusal in taken.refused:
            raise refusal
        return Response({"prediction_id": str(pk), "label": label, "stored": taken.stored == 1})


class BulkFeedback(APIView):
    """The labels of many predictions."""

    permission_classes = [MayTell]
    parser_classes = [JSONArray]

    @extend_schema(
        operation_id="give_feedback_in_bulk",
        tags=["predictions"],
        request=_MANY,
        responses={
            200: _TAKEN,
            413: OpenApiResponse(description="The body is too large, or has too many rows."),
        },
    )
    def post(self, request: Request) -> Response:
        """Store what can be stored; `refused` names row and field of the rest."""
        taken = take(_given(request.data), who=request.user.get_username())
        refused = [
            FieldError(row=row, field=why.field, message=str(why)).as_dict()
            | {"code": STATUS_AND_CODE[type(why)][1]}
            for row, why in taken.refused
        ]
        return Response({"stored": taken.stored, "unchanged": taken.unchanged, "refused": refused})


def _given(items: Any) -> list[Given]:
    """Return what a body holds. Raises `TooManyRows`, or `InvalidInput`: then nothing is stored."""
    if not isinstance(items, list):  # no body at all
        raise InvalidInput.of_body("Input should be a JSON array")
    refuse_too_many(len(items), settings.MAX_ROWS)
    given, errors = [], []
    for row, item in enumerate(items):
        problems = list(_problems(item, {"prediction_id", "label"}, row))
        prediction_id = None if problems else _uuid(item["prediction_id"])
        if not problems and prediction_id is None:
            problems = [FieldError(row=row, field="prediction_id", message="Input should be a valid UUID")]
        errors += problems
        if prediction_id is not None:
            given.append(Given(prediction_id, item["label"]))
        if len(errors) >= MOST_ERRORS:
            break
    if errors:
        raise InvalidInput(errors[:MOST_ERRORS])
    return given


def _problems(item: Any, wanted: set[str], row: int | None = None) -> Iterator[FieldError]:
    """Yield what is wrong with the keys of one object."""
    if not isinstance(item, dict):
        yield FieldError(row=row, field="body", message="Input should be a JSON object")
        return
    for name in sorted(wanted - item.keys()):
        yield FieldError(row=row, field=name, message="Field required")
    for name in sorted(item.keys() - wanted):
        yield FieldError(row=row, field=name, message="Unknown field")


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
