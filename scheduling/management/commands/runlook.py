"""`manage.py runlook <schedule>`: is there a reason to retrain? Started by the scheduler, as its child."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from predictions.contract.error_texts import kind_of
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.models import Schedule
from scheduling.retraining.looking import look

log = logging.getLogger("scheduling.retraining")


class Command(BaseCommand):
    """The child's whole life. It writes what it found, and queues the run where that is a reason."""

    help = "Look once for a schedule that fires when there are new rows or drift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schedule", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            schedule = Schedule.objects.by_look().filter(pk=options["schedule"]).first()
            if schedule:
                log.debug("schedule %s: %s", schedule, look(schedule, now=timezone.now()))
        except (InterfaceError, OperationalError) as error:
            why = f"The database stopped answering ({kind_of(error)})."
            raise CommandError(why, returncode=DATABASE_AWAY) from error
