"""A guard: inside it the database can only be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


class WriteRefused(Exception):
    """A statement that does more than read was sent to the database."""


@contextmanager
def read_only() -> Iterator[None]:
    """Let only `SELECT` reach the database. Raises `WriteRefused` at any other statement."""

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip(" (").upper().startswith("SELECT") or " FOR UPDATE" in sql.upper():
            raise WriteRefused(f"A replay only reads the database, but this statement does more: {sql[:80]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield
