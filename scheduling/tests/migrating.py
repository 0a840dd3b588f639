"""A database as an older release left it, and its upgrade."""

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def upgraded(before, fill):
    """Fill the database as it was after the migration `before`, upgrade it, and return what `fill` did."""
    emit_pre_migrate_signal(0, False, "default")
    executor = MigrationExecutor(connection)
    executor.migrate([("scheduling", before)])
    try:
        return fill(executor.loader.project_state([("scheduling", before)]).apps)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
        emit_post_migrate_signal(0, False, "default", plan=[])


def make_old_model(apps):
    """A registered model of that time."""
    return apps.get_model("predictions", "RegisteredModel").objects.create(name="wine", title="Wine")
