"""`/api/predictions`: the prediction log, for callers with the permission to read it."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from predictions.api.filters import Filtered, OfModel, OfVersion
from predictions.api.pagination import NewestByUUID
from predictions.api.serializers import PredictionSerializer
from predictions.models import Prediction


class MayReadLog(BasePermission):
    """Inputs may be about people, so a token alone is not enough."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.has_perm("predictions.view_prediction"))


class LoggedPredictions(generics.GenericAPIView[Prediction]):
    """The base of the two views."""

    serializer_class = PredictionSerializer
    permission_classes = [MayReadLog]
    queryset = Prediction.objects.select_related("registered_model", "model_version__signature", "feedback")


@extend_schema_view(get=extend_schema(operation_id="list_predictions", tags=["predictions"]))
class PredictionList(Filtered, LoggedPredictions, generics.ListAPIView[Prediction]):
    """The predictions in the log, newest first; `model` and `version` filter them."""

    pagination_class = NewestByUUID
    filters: ClassVar[Any] = {"model": OfModel(), "version": OfVersion()}


@extend_schema_view(get=extend_schema(operation_id="get_prediction", tags=["predictions"]))
class PredictionDetail(LoggedPredictions, generics.RetrieveAPIView[Prediction]):
    """One prediction, by the `X-Prediction-Id` of its reply."""
