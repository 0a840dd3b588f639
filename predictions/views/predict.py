"""`POST /predict` and `GET /current_model`: the wire format of the replaced system, from memory only."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView
from uuid_utils import uuid7

from predictions import metrics, serving, spool
from predictions.field_errors import FieldError, InvalidInput
from predictions.parsers import RawBody

encode = msgspec.json.Encoder().encode
NOTHING_LIVE = "No version of the model is live yet."
NOT_LOADED = "The live version could not be loaded: /health/ready says why."


class _Detail(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()


Refusal = inline_serializer(
    "PredictRefusal",
    {
        "model": serializers.CharField(allow_null=True),
        "errorMessage": serializers.CharField(),
        "errorDetails": _Detail(many=True),
    },
)


class Predict(APIView):
    """One row for the default model; the reply names the version that computed it."""

    parser_classes = [RawBody]
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="predict",
        tags=["predictions"],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={
            200: OpenApiResponse(
                OpenApiTypes.OBJECT,
                description="The prediction under the output's name, and the model's name. "
                "Headers: `X-Model-Version`, `X-Prediction-Id`.",
            ),
            400: OpenApiResponse(Refusal, description="Every bad field is listed."),
            413: OpenApiResponse(description="The body is too large."),
            503: OpenApiResponse(Refusal, description="Nothing is live."),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Predict one row with the live version of the default model."""
        served = serving.current().default
        if served and not served.public and not request.user.is_authenticated:
            raise NotAuthenticated
        if served is None or served.version is None:
            unloadable = served and served.name in serving.current().problems
            return refusal(served, 503, NOT_LOADED if unloadable else NOTHING_LIVE, [])
        version = served.version
        started = time.perf_counter()
        body = request.data if isinstance(request.data, bytes) else b""
        try:
            row = version.spec.parse(body)
        except InvalidInput as error:
            return refusal(served, 400, served.invalid_input_message, error.errors)
        answers = version.predict([row])
        prediction_id = str(uuid7())
        spool.append(
            served, version, id=prediction_id, rows=[row], outputs=answers.outputs,
            probabilities=answers.probabilities, seconds=time.perf_counter() - started,
            who=request.user.get_username(),
        )  # fmt: skip
        response = HttpResponse(
            encode({version.spec.output_name: answers.outputs[0], "model": version.name}),
            content_type="application/json",
            headers={"X-Model-Version": version.label, "X-Prediction-Id": prediction_id},
        )
        return metrics.computed_by(version, response)


def refusal(
    served: serving.ServedModel | None, status: int, message: str, errors: list[FieldError]
) -> HttpResponse:
    """The body of a prediction that could not be made, under the same keys."""
    version = served.version if served else None
    body: dict[str, Any] = {served.output_name: None} if served else {}
    body["model"] = version.name if version else None
    body |= {"errorMessage": message, "errorDetails": [error.as_dict() for error in errors]}
    headers = {"X-Model-Version": version.label} if version else {}
    return HttpResponse(encode(body), status=status, content_type="application/json", headers=headers)


class CurrentModel(APIView):
    """Which file answers `/predict`."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="current_model",
        tags=["predictions"],
        responses=inline_serializer(
            "CurrentModel",
            {
                "currentModelName": serializers.CharField(),
                "currentModelVersion": serializers.CharField(),
            },
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        """Name the live version of the default model."""
        served = serving.current().default
        if served and not served.public and not request.user.is_authenticated:
            raise NotAuthenticated
        version = served.version if served else None
        body = (
            {"currentModelName": version.filename, "currentModelVersion": version.label}
            if version
            else {"currentModel": None}
        )
        return HttpResponse(encode(body), content_type="application/json")
