"""Help with examples, for the commands of this program."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import InterfaceError, OperationalError, ProgrammingError

from predictions import database


class _Lines(DjangoHelpFormatter):
    """Leaves the lines of the examples as they are; other texts are wrapped."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("examples:\n") else super()._fill_text(text, width, indent)


class WithExamples(BaseCommand):
    """A command whose help ends with `examples`: what stands after `manage.py`."""

    examples: tuple[str, ...] = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        told = "\n".join(["examples:", *(f"  manage.py {one}" for one in self.examples)])
        kwargs |= {"epilog": told, "formatter_class": _Lines}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def execute(self, *args: Any, **options: Any) -> Any:
        """Do it. A database without our tables, or that does not answer, is one sentence."""
        try:
            return super().execute(*args, **options)
        except (InterfaceError, OperationalError, ProgrammingError) as error:
            if database.lacks_migrations(error):
                raise CommandError(str(database.NotMigrated())) from None
            if isinstance(error, ProgrammingError):  # a bug
                raise
            raise CommandError(f"The database cannot be used: {database.why(error)}") from error
