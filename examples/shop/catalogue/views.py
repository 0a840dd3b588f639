"""The pages of the catalogue."""

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views.generic import ListView

from catalogue.models import Product


@method_decorator(login_not_required, name="dispatch")
class Products(ListView):
    """All that is on sale."""

    queryset = Product.objects.order_by("name")
    template_name = "catalogue/products.html"
