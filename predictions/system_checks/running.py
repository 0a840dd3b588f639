"""What our tables tell of the installation: `manage.py check --deploy --database default`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.utils import timezone

from predictions import database
from predictions.models import RegisteredModel, Worker
from predictions.models.base import A_LITTLE
from predictions.system_checks.asking import asks_our_database

A_MINUTE = timedelta(minutes=1)


@register(Tags.database)
def check_it_answers(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Say where there is no database to ask; `migrate`, too, then ends with this sentence."""
    alias = database.alias()
    if alias not in (databases or ()):
        return []
    try:
        database.connection().ensure_connection()
    except (DatabaseError, ImproperlyConfigured) as error:
        message = f"The database {alias!r} does not answer: {database.why(error)}"
        hint = f"Start it, or correct DATABASES[{alias!r}]."
        return [Error(message, hint=hint, id="predictions.E018")]
    return []


@asks_our_database
def check_migrations() -> list[CheckMessage]:
    """Say where tables are missing."""
    if not database.missing_migrations():
        return []
    message = f"The database {database.alias()!r} lacks migrations of this program."
    return [Error(message, hint=f"Run: {database.how_to_migrate()}", id="predictions.E015")]


@asks_our_database
def check_follower() -> list[CheckMessage]:
    """Say where no web worker follows the ledger."""
    now = timezone.now()
    if Worker.objects.filter(seen_at__range=(now - A_MINUTE, now + A_LITTLE)).exists():
        return []
    message = "No web worker has been seen for a minute, so nothing that goes live is served."
    hint = (
        "Start the web server, and send it a request, with which each worker begins to follow. If it has had "
        "one, its log says what became of the thread called follower."
    )
    return [Warning(message, hint=hint, id="predictions.W010")]


@asks_our_database
def check_debug() -> list[CheckMessage]:
    """Say where a stranger may see Django's pages for developers."""
    if not settings.DEBUG or not RegisteredModel.objects.filter(public=True).exists():
        return []
    message = "DEBUG is on, and there are public models: errors show settings and code to everybody."
    return [Warning(message, hint="Set DEBUG = False, or make the models private.", id="predictions.W015")]
