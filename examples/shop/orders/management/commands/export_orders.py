"""`manage.py export_orders`: some days of orders as CSV, from which a model is registered."""

import csv
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from orders.returns import rows


class Command(BaseCommand):
    """Prints what `returns.rows` gives."""

    help = "Print the orders that were placed between two days, as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("since", type=day)
        parser.add_argument("until", type=day)

    def handle(self, *, since: datetime, until: datetime, **options: Any) -> None:
        found = list(rows(since, until))
        writer = csv.DictWriter(self.stdout, list(found[0]) if found else [])
        writer.writeheader()
        writer.writerows(one | {"placed_at": one["placed_at"].isoformat()} for one in found)


def day(text: str) -> datetime:
    """Raises `ValueError` for what is no day."""
    return timezone.make_aware(datetime.fromisoformat(text))
