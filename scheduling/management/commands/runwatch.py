"""`manage.py runwatch <id>`: look once at the watch of a flip. Started by the scheduler, as its child."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from scheduling.engine.looks.watcher import TO_ACT_ON
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.model_host.own_host import own_host
from scheduling.models import Watch
from scheduling.watch.watches import Breached, look

log = logging.getLogger("scheduling.watch.watches")


class Command(BaseCommand):
    """The child's whole life. It changes nothing but the watch: acting on it takes a run."""

    help = "Check once whether the version that went live does worse than the one before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("watch", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            watch = Watch.objects.open().with_flip().filter(pk=options["watch"]).first()
            if watch:
                with own_host():
                    log.debug("%s", look(watch, now=timezone.now()))
        except Breached as error:
            raise CommandError(str(error), returncode=TO_ACT_ON) from None
        except (InterfaceError, OperationalError) as error:
            why = str(error).partition("\n")[0]
            raise CommandError(f"The database stopped answering: {why}", returncode=DATABASE_AWAY) from None
