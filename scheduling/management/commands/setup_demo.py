"""`manage.py setup_demo`: everything the Iris demo needs. Each step looks for its own result."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS

from predictions import database
from predictions.management.examples import WithExamples
from scheduling.operations import demo


class Command(WithExamples):
    """Steps that were taken go to standard error, the admin's login to standard output."""

    help = "Set up the database, the static files and the Iris demo. It never undoes what people have edited."
    examples = ("setup_demo",)

    def handle(self, *args: Any, **options: Any) -> None:
        for alias in {DEFAULT_DB_ALIAS, database.alias()}:
            call_command("migrate", database=alias, interactive=False, verbosity=0)
        _collect_static_if_changed()
        for said in demo.set_up():
            self.stderr.write(said, self.style.SUCCESS)
        self.stdout.write(demo.admin_login())


def _collect_static_if_changed() -> None:
    """Collect static files unless their sources are those of the last time: it takes a second."""
    if not settings.STATIC_ROOT:  # the project serves them in another way
        return
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    sources = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            sources.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    if not stamp.exists() or stamp.read_text() != sources.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(sources.hexdigest())
