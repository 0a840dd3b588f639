"""A guard: inside it the database can only be read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection


class WriteRefused(Exception):
    """A statement that does more than read was sent to the database."""


def read_only() -> AbstractContextManager[None]:
    """Let only `SELECT` reach the database. Raises `WriteRefused` at any other statement."""
    return connection.execute_wrapper(_refuse_writes)


def _refuse_writes(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if not sql.lstrip(" (").upper().startswith("SELECT") or " FOR UPDATE" in sql.upper():
        raise WriteRefused(f"A replay only reads the database, but this statement does more: {sql[:80]}")
    return execute(sql, params, many, context)
