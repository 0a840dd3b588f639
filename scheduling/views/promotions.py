"""`/api/promotions`: the ledger's list, with what became of the watch over each flip."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from predictions.api.serializers import PromotionSerializer
from predictions.api.views.registry import PromotionList
from predictions.models import Promotion
from scheduling.models import Watch


class WatchOfPromotionSerializer(serializers.ModelSerializer[Watch]):
    """How the watch over a flip stands; `warning` where nobody looked in time."""

    warning = serializers.CharField()

    class Meta:
        model = Watch
        fields = ["id", "status", "until", "looked_at", "reason", "warning"]


class WatchedPromotionSerializer(PromotionSerializer):
    """A row of the ledger with its watch; null where it has none."""

    watch = WatchOfPromotionSerializer(allow_null=True, default=None)

    class Meta(PromotionSerializer.Meta):
        fields = [*PromotionSerializer.Meta.fields, "watch"]


class WatchedPromotionList(PromotionList):
    """The registry's list with one field more: that room knows no watches."""

    serializer_class = WatchedPromotionSerializer

    def get_queryset(self) -> QuerySet[Promotion]:
        """With the watch of each, in the same query."""
        return super().get_queryset().select_related("watch")
