"""`manage.py runapscheduler`: fire schedules, do queued runs, until stopped."""

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from scheduling.models import Lease
from scheduling.supervisor import Supervisor


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
            sys.exit(0 if Lease.objects.held().exists() else 1)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database lacks migrations. Run: manage.py migrate")
        supervisor = Supervisor()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: supervisor.stop())
        sys.exit(supervisor.run())
