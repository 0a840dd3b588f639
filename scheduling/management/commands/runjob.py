"""`manage.py runjob <id>`: do the work of one claimed run. Started by the scheduler, as its child."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from predictions.conf import config, setting_name
from predictions.contract.error_texts import is_ours, kind_of, private_text
from predictions.contract.fields import InvalidInput
from scheduling.engine.run_processes import DATABASE_AWAY
from scheduling.model_host.own_host import own_host
from scheduling.models import Run
from scheduling.runs.parcels import NO_SPACE, is_full
from scheduling.runs.transitions import RunFenced, fail
from scheduling.tasks import TASKS


class Command(BaseCommand):
    """The child's whole life."""

    help = "Do the work of one run that the scheduler has claimed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=int)
        parser.add_argument("--epoch", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the work; without a database nothing can be said of it but by the exit code."""
        try:
            self._do(options["run"], options["epoch"])
        except (InterfaceError, OperationalError) as error:
            why = str(error).partition("\n")[0]
            raise CommandError(f"The database stopped answering: {why}", returncode=DATABASE_AWAY) from None

    def _do(self, pk: int, epoch: int) -> None:
        """Do the task; what goes wrong closes the run with a reason, and promotes nothing."""
        run = Run.objects.running().filter(pk=pk, epoch=epoch).first()
        if run is None:
            raise CommandError(f"Run {pk} is not running under epoch {epoch}, so there is nothing to do.")
        try:
            with own_host():
                TASKS[run.task](run)
        except RunFenced as error:
            raise CommandError(str(error)) from None
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            traceback = private_text(error, redacted=bool(run.registered_model.redacted_features))
            what = "Nothing was registered" if isinstance(error, InvalidInput) else "Not promoted"
            fail(run, _why(error), what=what, traceback=traceback)


def _why(error: Exception) -> str:
    if is_ours(error):
        return str(error)
    if is_full(error):
        return NO_SPACE
    if isinstance(error, MemoryError):
        return (
            f"the run needs more than {config.CHILD_MEMORY_MB:,} MB of memory. Make the model or the data "
            f"smaller, or raise {setting_name('CHILD_MEMORY_MB')}."
        )
    return f"an unexpected error stopped the run: {kind_of(error)}."
