"""How many requests each caller has sent in the current window: one row for each caller, for all workers."""

from django.db import models

from predictions import database

UPSERT = """
    INSERT INTO predictions_ratewindow (caller, started, requests) VALUES (%s, %s, 1)
    ON CONFLICT (caller) DO UPDATE SET started = excluded.started, requests =
        CASE WHEN predictions_ratewindow.started = excluded.started
        THEN predictions_ratewindow.requests + 1 ELSE 1 END
    RETURNING requests
"""


class RateWindow(models.Model):
    """The requests of a caller since `started`, in seconds since 1970. Written by `count` only."""

    caller = models.CharField(max_length=120, primary_key=True)
    started = models.BigIntegerField()
    requests = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.caller}: {self.requests}"


def forget_before(started: int) -> None:
    """Remove the callers whose last window began before this."""
    RateWindow.objects.filter(started__lt=started).delete()


def count(caller: str, *, started: int) -> int:
    """Count a request of the window that began at `started`; return their number, this one included."""
    # Django's cache in the database would need four statements, lose counts of two workers, and unpickle.
    with database.connection().cursor() as cursor:
        cursor.execute(UPSERT, [caller, started])
        (requests,) = cursor.fetchone()
    return int(requests)
