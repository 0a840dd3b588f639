"""`manage.py runnotify`: send the messages that are due. Started by the scheduler, as its child."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from predictions.contract.error_texts import kind_of
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.notifications.sending import send_due


class Command(BaseCommand):
    """The child's whole life."""

    help = "Send the messages of the outbox that are due, once."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            send_due()
        except (InterfaceError, OperationalError) as error:
            why = f"The database stopped answering ({kind_of(error)})."
            raise CommandError(why, returncode=DATABASE_AWAY) from error
