"""`manage.py make_customers`: a made-up year in the shop's table."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from customers.made_up import made_up
from customers.models import Customer


class Command(BaseCommand):
    """Replaces what is in the table: twice is as once."""

    help = "Fill the table of customers with a made-up year."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=20_000)
        parser.add_argument("--year", type=int, default=2025)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, customers: int, year: int, seed: int, **options: Any) -> None:
        start = datetime(year, 1, 1, tzinfo=UTC)
        with transaction.atomic():
            Customer.objects.all().delete()
            Customer.objects.bulk_create(
                [Customer(**one) for one in made_up(customers, start=start, seed=seed)], batch_size=500
            )
        self.stdout.write(f"{customers:,} customers signed up in {year}.")
