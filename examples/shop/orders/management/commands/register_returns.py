"""`manage.py register_returns`: the model of returns, from two months of orders, with what retrains it."""

import csv
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from orders.returns import MODEL, rows
from predictions.models import RegisteredModel
from scheduling.models import DataSource, Recipe

# Fourteen different numbers of days could be codes as well as amounts: nobody guesses.
WHOLE_NUMBERS = [f"--kinds={name}=int" for name in ("quantity", "discount", "delivery_days")]


class Command(BaseCommand):
    """What docs/adopt.md does step by step, as code."""

    help = "Register the model of returns from the orders between two days; its runs read the table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("since", type=day)
        parser.add_argument("until", type=day)

    def handle(self, *, since: datetime, until: datetime, **options: Any) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "orders.csv"
            write(file, list(rows(since, until)))
            call_command(
                "register_model", MODEL, "--training", file, "--label", "returned", "--time", "placed_at",
                *WHOLE_NUMBERS, stdout=self.stdout,
            )  # fmt: skip
        model = RegisteredModel.objects.get(name=MODEL)
        source = {"kind": "callable", "function": "orders", "time_column": "placed_at"}
        window = {"window_days": 120, "label_delay_days": 14, "hold_out_share": 0.3}
        DataSource.objects.update_or_create(registered_model=model, role="training", defaults=source | window)
        Recipe.objects.update_or_create(
            registered_model=model, defaults={"kind": "trainer", "trainer": "returns"}
        )


def day(text: str) -> datetime:
    """Raises `ValueError` for what is no day."""
    return timezone.make_aware(datetime.fromisoformat(text))


def write(file: Path, orders: list[dict[str, Any]]) -> None:
    """Write what the queryset gives as CSV."""
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, list(orders[0]))
        writer.writeheader()
        writer.writerows(order | {"placed_at": order["placed_at"].isoformat()} for order in orders)
