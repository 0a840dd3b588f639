"""`manage.py make_orders`: a made-up year of orders, the same for the same seed."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.models import User
from catalogue.models import Product
from orders.made_up import PRODUCTS, made_up
from orders.models import Order


class Command(BaseCommand):
    """Replaces what is in the table: twice is as once."""

    help = "Fill the shop with products, a customer and a made-up year of orders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=6000)
        parser.add_argument("--year", type=int, default=2025)
        parser.add_argument("--seed", type=int, default=1)

    @transaction.atomic
    def handle(self, *, orders: int, year: int, seed: int, **options: Any) -> None:
        Order.objects.all().delete()
        products = {name: _product(name, *columns) for name, columns in PRODUCTS.items()}
        customer, _ = User.objects.get_or_create(email="customer@example.com")
        start = datetime(year, 1, 1, tzinfo=UTC)
        Order.objects.bulk_create(
            [
                Order(**columns | {"product": products[columns["product"]], "customer": customer})
                for columns in made_up(orders, start=start, seed=seed)
            ],
            batch_size=500,
        )
        self.stdout.write(f"{orders:,} orders were placed in {year}.")


def _product(name: str, category: str, price: str) -> Product:
    columns = {"category": category, "price": price}
    return Product.objects.update_or_create(name=name, defaults=columns)[0]
