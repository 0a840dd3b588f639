"""The database of our tables: whichever alias the project's router sends them to, all of them to one."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, router, transaction
from django.db.migrations.executor import MigrationExecutor

# What a statement fails with that names a table or column which is not there.
ON_POSTGRESQL = {"42P01", "42703"}
ON_SQLITE = ("no such table", "no such column")


def alias() -> str:
    """Return the name in `DATABASES`. Users are there too: no foreign key crosses databases."""
    return router.db_for_write(apps.get_model("predictions", "ModelVersion"))


def labels() -> set[str]:
    """Return the apps whose tables are here: this one's, and what those that build on it name."""
    above = (getattr(config, "tables_with_predictions", ()) for config in apps.get_app_configs())
    return {"predictions"}.union(*above)


def atomic() -> transaction.Atomic:
    """Return a transaction of our tables: `transaction.atomic()` alone would be one of `default`."""
    return transaction.atomic(using=alias())


def after_commit(act: Callable[[], Any]) -> None:
    """Act when the transaction that is open has been committed. What it raises is logged."""
    transaction.on_commit(act, using=alias(), robust=True)


def connection() -> Any:
    """Return this thread's connection."""
    return connections[alias()]


def take_back() -> None:
    """Let the transaction that is open end without what was written in it."""
    transaction.set_rollback(True, using=alias())


def close() -> None:
    """Close this thread's connection; the next query makes a new one."""
    connection().close()


class NotMigrated(Exception):
    """Our tables are missing, or are those of another version of the program."""

    def __init__(self) -> None:
        super().__init__(f"The database lacks migrations. Run: {how_to_migrate()}")


def lacks_migrations(error: Exception) -> bool:
    """Whether this is why a statement failed."""
    if getattr(error.__cause__, "sqlstate", None) in ON_POSTGRESQL:
        return True
    return isinstance(error, OperationalError) and str(error).startswith(ON_SQLITE)


def why(error: Exception) -> str:
    """Return what an error of the database says, in one line."""
    return str(NotMigrated() if lacks_migrations(error) else error).partition("\n")[0]


def missing_migrations() -> bool:
    """Whether our tables are not yet as this version of the program needs them. Raises `DatabaseError`."""
    ours = labels()
    executor = MigrationExecutor(connection())
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] in ours]
    return bool(executor.migration_plan(leaves))


def how_to_migrate() -> str:
    """Return the command that makes our tables."""
    option = "" if alias() == DEFAULT_DB_ALIAS else f" --database={alias()}"
    return f"manage.py migrate{option}"
