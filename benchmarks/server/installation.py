"""A throw-away installation of the project: folders, database, and the forests that are asked."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

SPOOL = "spool"  # the prediction log's folder, emptied when a server ends: nothing ingests it here


def enter(folder: Path) -> None:
    """Point the settings of this process and of all that it starts into `folder`, then set up Django.

    `DATABASE_URL` is kept where it is set: another database than SQLite can be measured.
    """
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "mlsite.settings",
        "VAR_DIR": str(folder / "var"),
        "MEDIA_ROOT": str(folder / "media"),
        "SPOOL_DIR": str(folder / SPOOL),
        "HTTPS": "false",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
    }
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'db.sqlite3'}")
    import django

    django.setup()


def set_up() -> None:
    """Migrate, collect static files and load the demo. Ends the program if the database is in use."""
    from django.core.management import call_command
    from django.db import connection

    if connection.introspection.table_names():
        raise SystemExit("The database that DATABASE_URL names is not empty: name one that is.")
    call_command("setup_demo", stdout=StringIO(), stderr=StringIO())  # nobody logs in here


def database() -> str:
    """Return the kind of database and its version, for the record."""
    from django.db import connection

    with connection.cursor() as cursor:
        query = "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
        cursor.execute(query)
        return f"{connection.display_name} {cursor.fetchone()[0]}"
