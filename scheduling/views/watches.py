"""`/api/watches`: what was watched after each flip, newest first."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics

from predictions.api.filters import Filtered, OfModel, OneOf
from predictions.models import RegisteredModel
from scheduling.models import Watch
from scheduling.views.serializers import WatchSerializer


class VisibleWatches(generics.GenericAPIView[Watch]):
    """The watches of the models this caller may see."""

    queryset = Watch.objects.all()
    serializer_class = WatchSerializer

    def get_queryset(self) -> QuerySet[Watch]:
        """With everything a row shows, in one query."""
        hidden = RegisteredModel.objects.hidden_from(self.request.user)
        return Watch.objects.exclude(promotion__registered_model__in=hidden).select_related(
            "promotion__registered_model", "promotion__version__signature", "roll_back"
        )


@extend_schema_view(get=extend_schema(operation_id="list_watches", tags=["runs"]))
class WatchList(Filtered, VisibleWatches, generics.ListAPIView[Watch]):
    """The watches."""

    filters: ClassVar[Any] = {
        "model": OfModel(column="promotion__registered_model"),
        "status": OneOf(column="status", values=Watch.Status.values),
    }


@extend_schema_view(get=extend_schema(operation_id="get_watch", tags=["runs"]))
class WatchDetail(VisibleWatches, generics.RetrieveAPIView[Watch]):
    """One watch."""
