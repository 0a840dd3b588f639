"""Rows of several tables that may not contradict each other: the database refuses what would.

Check constraints see one row, and foreign keys one column; these are triggers. They are no part of a
migration: SQLite drops them with each table that it makes anew, and does not rename a table that another
table's trigger names. So they go before each `migrate`, and are made after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

ON_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {name}_{event} BEFORE {when} ON {table} FOR EACH ROW WHEN {refused}
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {refused} THEN
    RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A row of `table` is refused (`IntegrityError` with `name`) where `refused`, SQL over NEW, holds.

    It is asked when one of `columns` is written. Where `fixed`, it speaks of OLD too: of updates only.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    refused: str
    fixed: bool = False

    @property
    def tables(self) -> set[str]:
        """Its own, and those that it looks into."""
        return {self.table, *re.findall(r"\b(?:FROM|JOIN) (\w+)", self.refused)}

    def made(self, vendor: str) -> list[str]:
        update = f"UPDATE OF {', '.join(self.columns)}"
        events = {"update": update} if self.fixed else {"insert": "INSERT", "update": update}
        facts = {"name": self.name, "table": self.table, "refused": f"({self.refused})"}
        if vendor == "postgresql":
            return [ON_POSTGRESQL.format(when=" OR ".join(events.values()), **facts)]
        return [ON_SQLITE.format(event=event, when=when, **facts) for event, when in events.items()]


def fixed(table: str, *columns: str, name: str, once: str = "") -> Agreement:
    """What is never changed (NULL may be filled in), or not any more once some SQL over OLD holds."""
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)
    refused = f"({changed}) AND {once}" if once else changed
    return Agreement(name=name, table=table, columns=columns, refused=refused, fixed=True)


def keep(config: AppConfig, agreements: Sequence[Agreement]) -> None:
    """Have the database hold these after each `migrate`. Call when the application is ready."""

    def drop(using: str, **kwargs: Any) -> None:
        _drop(agreements, using)

    def make(using: str, **kwargs: Any) -> None:
        if "plan" in kwargs:  # else it is a flush, which leaves triggers alone
            _make(agreements, using)

    pre_migrate.connect(drop, sender=config, weak=False)
    post_migrate.connect(make, sender=config, weak=False)


def _drop(agreements: Sequence[Agreement], using: str) -> None:
    """On SQLite: PostgreSQL changes tables in place."""
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for agreement in agreements:
                for event in ("insert", "update"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {agreement.name}_{event}")


def _make(agreements: Sequence[Agreement], using: str) -> None:
    """Those whose tables are there: a database may be migrated in part."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for agreement in agreements:
            for statement in agreement.made(connection.vendor) if agreement.tables <= there else ():
                cursor.execute(statement)
