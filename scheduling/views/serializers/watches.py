"""Watches, and promotions with the watch over each."""

from rest_framework import serializers

from predictions.api.serializers import PromotionSerializer
from predictions.api.strict import Moment, RowSerializer
from scheduling.models import Watch


class WatchSerializer(RowSerializer[Watch]):
    """A watch with what each of its rules has seen."""

    model = serializers.CharField(source="promotion.registered_model.name")
    version = serializers.CharField(source="promotion.version.label")
    promotion = serializers.IntegerField(source="promotion.sequence")
    roll_back = serializers.IntegerField(source="roll_back.sequence", allow_null=True)
    warning = serializers.CharField(help_text="Set if nobody looked in time; else empty.")
    gaps = serializers.ListField(
        child=serializers.ListField(child=Moment()),
        help_text="The periods without a look, each as start and end.",
    )

    class Meta:
        model = Watch
        fields = [
            "id", "model", "promotion", "version", "status", "reason", "warning", "run", "roll_back",
            "opened_at", "until", "counted_until", "looked_at", "gaps", "closed_at", "limits", "evidence",
        ]  # fmt: skip
        read_only_fields = fields


class WatchOfPromotionSerializer(RowSerializer[Watch]):
    """The watch over a promotion. `warning` is set if nobody looked in time."""

    warning = serializers.CharField()

    class Meta:
        model = Watch
        fields = ["id", "status", "until", "looked_at", "reason", "warning"]


class WatchedPromotionSerializer(PromotionSerializer):
    """A promotion with its watch; null without one."""

    watch = WatchOfPromotionSerializer(allow_null=True, default=None)

    class Meta(PromotionSerializer.Meta):
        fields = [*PromotionSerializer.Meta.fields, "watch"]
