"""`/api/watches`: what was watched after each promotion, newest first; `/api/promotions` with the watches."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics

from predictions.api.lists import Filtered, OfModel, OneOf
from predictions.api.views.registry import PromotionList
from predictions.models import Promotion
from scheduling.models import Watch
from scheduling.views.runs import Visible
from scheduling.views.serializers import WatchedPromotionSerializer, WatchSerializer


class VisibleWatches(Visible):
    """The base of both."""

    queryset = Watch.objects.all()
    serializer_class = WatchSerializer
    of_model = "promotion__registered_model"
    related = (of_model, "promotion__version__signature", "roll_back")


@extend_schema_view(get=extend_schema(operation_id="list_watches", tags=["runs"]))
class WatchList(Filtered, VisibleWatches, generics.ListAPIView[Watch]):
    """List the watches, newest first."""

    filters: ClassVar[Any] = {
        "model": OfModel(column="promotion__registered_model"),
        "status": OneOf(column="status", values=Watch.Status.values),
    }


@extend_schema_view(get=extend_schema(operation_id="get_watch", tags=["runs"]))
class WatchDetail(VisibleWatches, generics.RetrieveAPIView[Watch]):
    """Show one watch."""


class WatchedPromotionList(PromotionList):
    """The registry's list, with the watch of each promotion: the registry does not know watches."""

    serializer_class = WatchedPromotionSerializer

    def get_queryset(self) -> QuerySet[Promotion]:
        return super().get_queryset().select_related("watch")
