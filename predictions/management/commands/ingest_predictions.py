"""`manage.py ingest_predictions`: bring the workers' prediction logs into the database, until stopped."""

import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from predictions.log.ingester import Ingester
from predictions.log.ingester_loop import Ingesting


class Command(BaseCommand):
    """Exit codes: 0 stopped cleanly, 1 fault, 75 with `--once` where another ingester is at work."""

    help = "Bring the prediction log into the database. Several can run: one works, the others stand by."
    requires_system_checks: list[str] = []  # they would import every view

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Ingest what is there, then stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["once"]:
                sys.exit(self._once())
            ingesting = Ingesting(settings.SPOOL_DIR)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: ingesting.ingester.stopped.set())
            ingesting.run()
        except OSError as error:
            raise CommandError(f"SPOOL_DIR cannot be used: {error}") from None

    def _once(self) -> int:
        ingester = Ingester(settings.SPOOL_DIR)
        if not ingester.lead():
            self.stderr.write("Another ingester is at work in this folder.")
            return 75
        try:
            ingester.step()
        except Error as error:
            raise CommandError(f"The database cannot be reached: {error}") from None
        finally:
            ingester.close()
        self.stdout.write(f"{ingester.rows} predictions ingested, {ingester.rejected.lines} lines rejected.")
        return 0
