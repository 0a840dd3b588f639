"""Names in the log the command that makes our tables, where a page fails because they are missing."""

import logging
import sys
from typing import Any

from django.core.signals import got_request_exception
from django.db import Error

from predictions import database

log = logging.getLogger("predictions.database")


def listen() -> None:
    """Hear of errors that no view answers: of the admin, whose pages are Django's, and of the project."""
    got_request_exception.connect(on_error, dispatch_uid="predictions.not_migrated")


def on_error(**_: Any) -> None:
    """Speak only where our tables are missing: a project may lack some of its own."""
    error = sys.exception()
    if isinstance(error, Error) and database.lacks_migrations(error) and _ours_are_missing():
        log.error("%s", database.NotMigrated())


def _ours_are_missing() -> bool:
    try:
        return database.missing_migrations()
    except Error:
        return False
