"""The shop's own API."""

from rest_framework import generics, serializers

from orders.models import Order


class OrderSerializer(serializers.ModelSerializer):
    """An order as the shop's other programs read it."""

    class Meta:
        model = Order
        fields = ["id", "product", "placed_at", "quantity", "discount", "payment", "returned"]


class Orders(generics.ListAPIView):
    """All orders, the newest first."""

    queryset = Order.objects.order_by("-placed_at")
    serializer_class = OrderSerializer
