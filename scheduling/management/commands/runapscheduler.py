"""`manage.py runapscheduler`: fire schedules, do queued runs, until stopped."""

import logging
import signal
import sys
from argparse import ArgumentTypeError
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from scheduling.engine.supervisor import Supervisor
from scheduling.models import Lease

MOST_SECONDS = 86_400


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


def be_as_verbose_as(verbosity: int) -> None:
    """Let `-v` choose what is logged; 1, the default, leaves it to LOG_LEVEL."""
    if verbosity == 0:
        logging.getLogger("scheduling").setLevel(logging.WARNING)
    if verbosity >= 2:
        logging.getLogger("scheduling").setLevel(logging.DEBUG)
    if verbosity >= 3:
        logging.getLogger("apscheduler").setLevel(logging.DEBUG)


class Command(BaseCommand):
    """Exit codes: 0 stopped cleanly, 1 fault, 75 another scheduler took over."""

    help = "Run the scheduler. Several may be started: one leads, the others stand by."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long it works, how long it takes to stop, or a question instead."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="Exit with 0 if a scheduler leads now, else with 1."
        )
        what.add_argument(
            "--once", action="store_true", help="Do what is due and queued, then exit: for cron and CI."
        )
        parser.add_argument(
            "--shutdown-timeout",
            type=seconds,
            default=settings.SHUTDOWN_SECONDS,
            metavar="SECONDS",
            help="How long the run at work may go on after SIGTERM or Ctrl-C (default: %(default)s); "
            "a second signal ends it at once.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM, SIGQUIT or Ctrl-C."""
        if options["check"]:
            sys.exit(0 if somebody_leads() else 1)
        be_as_verbose_as(options["verbosity"])
        refuse_missing_migrations()
        supervisor = Supervisor(once=options["once"], shutdown_seconds=options["shutdown_timeout"])
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, lambda *_: supervisor.stop())
        sys.exit(supervisor.run())


def seconds(text: str) -> float:
    """Return a length of time. Raises `ArgumentTypeError`."""
    with suppress(ValueError):
        if 0 <= (value := float(text)) <= MOST_SECONDS:
            return value
    raise ArgumentTypeError(f"a number of seconds from 0 to {MOST_SECONDS}")
