"""The database of our tables: whichever alias the project's router sends them to, all of them to one."""

from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from django.db.migrations.executor import MigrationExecutor

OURS = {"predictions", "scheduling", "django_apscheduler"}


def alias() -> str:
    """Return the name in `DATABASES`. Users are there too: no foreign key crosses databases."""
    return router.db_for_write(apps.get_model("predictions", "ModelVersion"))


def atomic() -> transaction.Atomic:
    """Return a transaction of our tables: `transaction.atomic()` alone would be one of `default`."""
    return transaction.atomic(using=alias())


def connection() -> Any:
    """Return this thread's connection."""
    return connections[alias()]


def close() -> None:
    """Close this thread's connection; the next query makes a new one."""
    connection().close()


def missing_migrations() -> bool:
    """Whether our tables are not yet as this version of the program needs them. Raises `DatabaseError`."""
    executor = MigrationExecutor(connection())
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] in OURS]
    return bool(executor.migration_plan(leaves))


def how_to_migrate() -> str:
    """Return the command that makes our tables."""
    option = "" if alias() == DEFAULT_DB_ALIAS else f" --database={alias()}"
    return f"manage.py migrate{option}"
