"""Whether the database of our tables is one, and one that we can work with."""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connections, router

from predictions import database


@register
def check_one_database(**_: Any) -> list[CheckMessage]:
    """Refuse a router that sends what refers to one another to several databases, or reads from a copy."""
    ours, elsewhere = database.alias(), _elsewhere()
    found: list[CheckMessage] = [
        Error(
            f"DATABASE_ROUTERS writes our tables to {ours!r}, but {name} {how}.",
            hint=f"Let the router name one database, for reading and for writing, for {_names()}.",
            id=f"predictions.{identity}",
        )
        for name, how, identity in elsewhere
    ]
    return found


def _elsewhere() -> list[tuple[str, str, str]]:
    """What is written elsewhere, or read elsewhere, with the id of the message."""
    ours, found = database.alias(), []
    users = get_user_model()
    for model in [users, *_our_models()]:
        writes, reads = router.db_for_write(model), router.db_for_read(model)
        identity = "E010" if model is users else "E011"
        if writes != ours:
            found.append((model._meta.label, f"to {writes!r}: no foreign key can refer to it", identity))
        elif reads != ours:
            found.append((model._meta.label, f"is read from {reads!r}, which may be behind", "E011"))
    return found


def _names() -> str:
    return ", ".join(sorted(database.labels() | {"auth", "contenttypes"}))


def _our_models() -> list[Any]:
    ours = database.labels()
    return [model for model in apps.get_models() if model._meta.app_label in ours]


@register
def check_options(**_: Any) -> list[CheckMessage]:
    """Look at the options of our database."""
    alias = database.alias()
    facts, found = connections[alias].settings_dict, list[CheckMessage]()
    if connections[alias].vendor not in ("sqlite", "postgresql"):
        message = f"DATABASES[{alias!r}] is neither PostgreSQL nor SQLite, which our tables need."
        found.append(Error(message, hint="Send our apps to one of them by a router.", id="predictions.E017"))
    if facts.get("TIME_ZONE"):
        found.append(
            Error(
                f"DATABASES[{alias!r}] has a TIME_ZONE, but our moments are stored in UTC.",
                hint="Take it out. TIME_ZONE of the settings is what people see.",
                id="predictions.E013",
            )
        )
    if connections[alias].vendor == "sqlite" and facts["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        found.append(
            Warning(
                f"DATABASES[{alias!r}] is SQLite, whose transactions fail when several processes write.",
                hint='Set its OPTIONS to {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": '
                '"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}.',
                id="predictions.W016",
            )
        )
    return found
