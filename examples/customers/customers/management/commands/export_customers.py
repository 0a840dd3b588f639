"""`manage.py export_customers`: a part of the table as CSV, to register a first model from."""

import csv
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from customers.delivery import rows


class Command(BaseCommand):
    """Prints what `delivery.rows` gives."""

    help = "Print the customers who signed up between two days (UTC), as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("since", type=day)
        parser.add_argument("until", type=day)

    def handle(self, *, since: datetime, until: datetime, **options: Any) -> None:
        found = list(rows(since, until))
        writer = csv.DictWriter(self.stdout, list(found[0]) if found else [])
        writer.writeheader()
        writer.writerows(one | {"signed_up_at": one["signed_up_at"].isoformat()} for one in found)


def day(text: str) -> datetime:
    """Raises `ValueError` for what is no day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
