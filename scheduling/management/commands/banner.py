"""`manage.py banner`: where everything is, once it answers."""

import time
from typing import Any

import urllib3
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from scheduling.demo import admin_login

SECONDS = 60


class Command(BaseCommand):
    """Waits for the web tier, then prints one panel."""

    help = "Print the URLs and the demo admin's login, as soon as the web tier answers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the web tier is."""
        parser.add_argument("url")

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait, then print."""
        url = options["url"].rstrip("/")
        if not answers(url):
            self.stderr.write(f"{url} does not answer yet.")
            return
        rows = Table.grid(padding=(0, 2))
        for name, value in (
            ("Predictions", f"POST {url}/predict"),
            ("API docs", f"{url}/docs"),
            ("Admin", f"{url}/admin/"),
            ("Login", admin_login()),
            ("Live model", f"{url}/current_model"),
        ):
            rows.add_row(name, value)
        Console(soft_wrap=True).print(
            Panel(rows, title="Models in delivery", subtitle="Ctrl-C stops everything", expand=False)
        )


def answers(url: str) -> bool:
    """Whether the web tier is ready within a minute."""
    pool = urllib3.PoolManager(timeout=2, retries=False)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            if pool.request("GET", f"{url}/health/ready").status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            pass  # not there yet
        time.sleep(0.1)
    return False
