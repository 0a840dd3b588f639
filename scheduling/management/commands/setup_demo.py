"""`manage.py setup_demo`: everything the Iris demo needs. Each step looks for its own result."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from scheduling import demo


class Command(BaseCommand):
    """Run it as often as you like: what people edited or removed is never put back."""

    help = "Set up database, static files and the Iris demo with its first live version."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, collect static files, then take the steps of the demo that are missing."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        for said in demo.set_up():
            self.stdout.write(said)
