"""`manage.py runapscheduler`: fire schedules, do queued runs, until stopped."""

import logging
import signal
import sys
from argparse import ArgumentTypeError
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from predictions import database
from predictions.conf import config
from predictions.management.examples import WithExamples
from scheduling.engine.supervisor import Supervisor
from scheduling.models import Lease

MOST_SECONDS = 86_400


class Command(WithExamples):
    """Exit codes: 0 stopped cleanly, 1 fault, 75 another scheduler took over."""

    help = "Run the scheduler. You may start several: one leads, and the others stand by."
    examples = (
        "runapscheduler",
        "runapscheduler --check",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="Exit with 0 if a scheduler leads now, otherwise with 1."
        )
        what.add_argument(
            "--once", action="store_true", help="Do what is due and queued, then exit. Use it in cron or CI."
        )
        parser.add_argument(
            "--shutdown-timeout",
            type=seconds,
            default=config.SHUTDOWN_SECONDS,
            metavar="SECONDS",
            help="How long a run may continue after SIGTERM or Ctrl-C (default: %(default)s). "
            "A second signal ends it at once.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                sys.exit(0 if Lease.objects.held().exists() else 1)
            missing = database.missing_migrations()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {database.why(error)}") from None
        if missing:
            raise CommandError(str(database.NotMigrated()))
        _log_as_verbosely_as(options["verbosity"])
        supervisor = Supervisor(once=options["once"], shutdown_seconds=options["shutdown_timeout"])
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, lambda *_: supervisor.stop())
        sys.exit(supervisor.run())


def _log_as_verbosely_as(verbosity: int) -> None:
    """Let `-v` choose what is logged; 1, the default, leaves it to LOG_LEVEL."""
    if verbosity != 1:
        logging.getLogger("scheduling").setLevel(logging.DEBUG if verbosity else logging.WARNING)
    if verbosity >= 3:
        logging.getLogger("apscheduler").setLevel(logging.DEBUG)


def seconds(text: str) -> float:
    """Return a number of seconds. Raises `ArgumentTypeError`."""
    with suppress(ValueError):
        if 0 <= (value := float(text)) <= MOST_SECONDS:
            return value
    raise ArgumentTypeError(f"Input should be a number of seconds from 0 to {MOST_SECONDS}.")
