"""`/api/predictions`: what was asked and answered, for those who may read it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from predictions.api.api_errors import UnknownName
from predictions.api.pagination import NewestByUUID
from predictions.api.serializers import PredictionSerializer
from predictions.contract.field_errors import FieldError, InvalidInput
from predictions.models import ModelVersion, Prediction, RegisteredModel


class MayReadLog(BasePermission):
    """Inputs may be about people: a token alone is not enough."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Their own permission."""
        return bool(request.user.has_perm("predictions.view_prediction"))


class LoggedPredictions(generics.GenericAPIView[Prediction]):
    """The base of the two views."""

    serializer_class = PredictionSerializer
    permission_classes = [MayReadLog]
    queryset = Prediction.objects.select_related("registered_model", "model_version__signature", "feedback")


class PredictionList(LoggedPredictions, generics.ListAPIView[Prediction]):
    """The log, newest first; `model` and `version` narrow it."""

    pagination_class = NewestByUUID
    known: ClassVar[set[str]] = {"cursor", "model", "version"}

    def get_queryset(self) -> QuerySet[Prediction]:
        """Those that the query asks for. Raises `InvalidInput` or `UnknownName`."""
        asked = self.request.query_params
        unknown = [
            FieldError(field=name, message="Unknown filter") for name in asked if name not in self.known
        ]
        if unknown:
            raise InvalidInput(unknown)
        return narrowed(super().get_queryset(), asked.get("model"), asked.get("version"))

    @extend_schema(
        operation_id="list_predictions",
        tags=["predictions"],
        parameters=[
            OpenApiParameter("model", str, description="The registered model's name."),
            OpenApiParameter("version", str, description="A label of that model, such as 1.0."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what was asked and answered, newest first."""
        return super().get(request, *args, **kwargs)


@extend_schema_view(get=extend_schema(operation_id="get_prediction", tags=["predictions"]))
class PredictionDetail(LoggedPredictions, generics.RetrieveAPIView[Prediction]):
    """One prediction, by the `X-Prediction-Id` of its reply."""


def narrowed(rows: QuerySet[Prediction], model: str | None, version: str | None) -> QuerySet[Prediction]:
    """Return the rows of one model, or of one of its versions. Raises `InvalidInput` or `UnknownName`."""
    if model is None and version is None:
        return rows
    if model is None:
        message = "Name the model too: each has a version with this label"
        raise InvalidInput([FieldError(field="version", message=message)])
    known = "\0" not in model  # PostgreSQL does not even compare with it
    registered_model = RegisteredModel.objects.filter(name=model).first() if known else None
    if registered_model is None:
        raise UnknownName("model", f"There is no model {model}.")
    if version is None:
        return rows.filter(registered_model=registered_model)
    wanted = ModelVersion.objects.of(registered_model).labelled(version).first()
    if wanted is None:
        raise UnknownName("version", f"{model} has no version {version}.")
    return rows.filter(model_version=wanted)
