"""`manage.py runapscheduler`: fire schedules, do queued runs, until stopped."""

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from scheduling.models import Lease
from scheduling.supervisor import Supervisor


def refuse_missing_migrations() -> None:
    """Raise `CommandError` with the remedy, also where the database does not answer."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(f"The database does not answer: {error}") from None
    if missing:
        raise CommandError("The database lacks migrations. Run: manage.py migrate")


def somebody_leads() -> bool:
    """Whether the lease is held. Raises `CommandError` where the database cannot say."""
    try:
        return Lease.objects.held().exists()
    except DatabaseError as error:
        raise CommandError(f"The database does not say: {error}") from None


class Command(BaseCommand):
    """Exit codes: 0 stopped cleanly, 1 fault, 75 another scheduler took over."""

    help = "Run the scheduler. Several may be started: one leads, the others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        """A question instead of the work."""
        parser.add_argument(
            "--check", action="store_true", help="Exit with 0 if a scheduler leads now, else with 1."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or Ctrl-C."""
        if options["check"]:
            sys.exit(0 if somebody_leads() else 1)
        refuse_missing_migrations()
        supervisor = Supervisor()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.stop())
        sys.exit(supervisor.run())
