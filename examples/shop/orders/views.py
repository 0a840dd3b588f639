"""The pages of the orders."""

from typing import Any

from django.views.generic import DetailView, ListView

from orders import returns
from orders.models import Order
from predictions.in_process import NoLiveVersion


class OrderList(ListView):
    """The newest orders."""

    queryset = Order.objects.select_related("product").order_by("-placed_at")[:50]
    template_name = "orders/orders.html"


class OrderPage(DetailView):
    """One order, and how likely it comes back."""

    queryset = Order.objects.select_related("product", "customer")
    template_name = "orders/order.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Ask the model; the page does without the answer while no version is live."""
        try:
            context["risk"] = returns.risk(self.object, who=self.request.user.get_username())
        except NoLiveVersion as error:
            context["why_not"] = str(error)
        return super().get_context_data(**context)
