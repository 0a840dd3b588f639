"""For checks that query our database: there may be none yet, or it may not answer."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error

from predictions import database


def asks_our_database(check: Callable[[], list[CheckMessage]]) -> Callable[..., list[CheckMessage]]:
    """Register a check for `check --deploy --database`; `migrate`, which comes before, does not ask it."""

    def asked(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
        if database.alias() not in (databases or ()):
            return []
        try:
            return check()
        except (Error, ImproperlyConfigured):  # it does not answer, or has no tables: others say so
            return []

    asked.__name__, asked.__doc__ = check.__name__, check.__doc__
    register(asked, Tags.database, deploy=True)
    return asked
