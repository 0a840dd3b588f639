"""What the database refuses: rows that contradict a rule of their own, or rows of other tables.

Check constraints see one row, and foreign keys one column; these are triggers. They are not part of a
migration: SQLite drops them with each table that it makes anew, and does not rename a table that another
table's trigger names. So they are dropped before each `migrate` and made after it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections, router
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
        # PostgreSQL changes tables in place.
        if _may_be_in(using, config) and connections[using].vendor == "sqlite":
            with connections[using].cursor() as cursor:
                for name in [f"{one.name}_{event}" for one in agreements for event in ("insert", "update")]:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")

    def make(using: str, **kwargs: Any) -> None:
        if "plan" not in kwargs or not _may_be_in(using, config):  # a flush leaves triggers alone
            return
        connection = connections[using]
        there = set(connection.introspection.table_names())  # a database may be migrated in part
        with connection.cursor() as cursor:
            for agreement in (one for one in agreements if one.tables <= there):
                for statement in agreement.made(connection.vendor):
                    cursor.execute(statement)

    pre_migrate.connect(drop, sender=config, weak=False)
    post_migrate.connect(make, sender=config, weak=False)


def _may_be_in(using: str, config: AppConfig) -> bool:
    """Whether the project's router lets this app have tables in a database."""
    return bool(router.allow_migrate(using, config.label))


OF_THE_MODEL = (
    "EXISTS (SELECT 1 FROM predictions_modelversion v"
    " JOIN predictions_signature s ON s.id = v.signature_id"
    " WHERE v.id = NEW.{column} AND s.registered_model_id = NEW.registered_model_id)"
)
EARLIER = (
    "EXISTS (SELECT 1 FROM predictions_promotion b WHERE b.registered_model_id = NEW.registered_model_id"
    " AND b.sequence = {sequence} AND b.version_id = NEW.{column})"
)
LINKS = ("registered_model_id", "sequence", "version_id", "replaced_version_id", "restores", "kind")

AGREEMENTS = (
    Agreement(
        name="promotion_is_of_its_versions_model",
        table="predictions_promotion",
        columns=("registered_model_id", "version_id", "replaced_version_id"),
        refused=f"NOT {OF_THE_MODEL.format(column='version_id')} OR NEW.replaced_version_id IS NOT NULL"
        f" AND NOT {OF_THE_MODEL.format(column='replaced_version_id')}",
    ),
    Agreement(
        name="promotion_replaces_what_was_live",
        table="predictions_promotion",
        columns=("registered_model_id", "sequence", "replaced_version_id"),
        refused="NEW.replaced_version_id IS NOT NULL"
        f" AND NOT {EARLIER.format(sequence='NEW.sequence - 1', column='replaced_version_id')}",
    ),
    Agreement(
        name="roll_back_restores_an_earlier_version",
        table="predictions_promotion",
        columns=("registered_model_id", "restores", "version_id"),
        refused="NEW.restores IS NOT NULL"
        f" AND NOT {EARLIER.format(sequence='NEW.restores', column='version_id')}",
    ),
    fixed("predictions_promotion", *LINKS, name="promotion_stays_as_it_was"),
    Agreement(
        name="version_is_trained_on_its_models_rows",
        table="predictions_modelversion",
        columns=("signature_id", "training_dataset_id"),
        refused="NEW.training_dataset_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM predictions_dataset d"
        " JOIN predictions_signature s ON s.registered_model_id = d.registered_model_id"
        " WHERE d.id = NEW.training_dataset_id AND s.id = NEW.signature_id)",
    ),
    Agreement(
        name="prediction_is_of_its_versions_model",
        table="predictions_prediction",
        columns=("registered_model_id", "model_version_id"),
        refused=f"NOT {OF_THE_MODEL.format(column='model_version_id')}",
    ),
    fixed("predictions_modelversion", "signature_id", name="version_stays_with_its_signature"),
    fixed("predictions_dataset", "registered_model_id", name="dataset_stays_with_its_model"),
    fixed(
        "predictions_signature",
        "registered_model_id",
        name="signature_with_versions_stays_with_its_model",
        once="EXISTS (SELECT 1 FROM predictions_modelversion v WHERE v.signature_id = OLD.id)",
    ),
)
