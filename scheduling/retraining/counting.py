"""New rows of a source, by its kind: the source counts where it can, and is read where it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from predictions.models import Dataset, Feedback, Signature
from predictions.models.prediction import first_id_at
from scheduling.models import DataSource
from scheduling.sources.columns.compared import spec_of
from scheduling.sources.kinds.files import newest_change
from scheduling.sources.kinds.opening import open_rows
from scheduling.sources.rows import Window

COUNTED = "SELECT count(*) AS n FROM ({query}\n) AS counted"
INSIDE = ' WHERE "{column}" >= :since AND "{column}" < :until'


def count_new(source: DataSource, last: Dataset | None, *, now: datetime) -> int:
    """Return how many rows came since the last that were trained on. Raises `SourceRefused`.

    Where the source can be asked for a window, it is that from the end of the last one; else what is more
    than was read then.
    """
    whole = Window.of(source, now=now)
    until = datetime.fromisoformat(last.snapshot["until"]) if last else whole.since
    window = replace(whole, since=max(whole.since, until))
    if source.kind == DataSource.Kind.LOG:
        return _told(source, last, whole, window)
    if source.kind == DataSource.Kind.FILES and last and newest_change(source) <= last.created_at:
        return 0
    if last is None or _takes_a_window(source):
        return _count(source, window)
    return max(0, _count(source, whole) - int(last.snapshot.get("rows_read", last.rows)))


def _takes_a_window(source: DataSource) -> bool:
    asks = source.kind == DataSource.Kind.QUERY and ":since" in source.query
    return asks or bool(source.time_column) or source.kind == DataSource.Kind.CALLABLE


def _count(source: DataSource, window: Window) -> int:
    if source.kind == DataSource.Kind.QUERY:
        return _by_query(source, window)
    with open_rows(source, window, spec_of(source.registered_model)) as rows:
        if rows.count:
            return rows.count(source.time_column, window)
        return sum(map(len, rows.batches))


def _by_query(source: DataSource, window: Window) -> int:
    """Let the database count, as read-only and limited as the query itself."""
    query = COUNTED.format(query=source.query.strip().rstrip(";").rstrip())
    if source.time_column:
        query += INSIDE.format(column=source.time_column.replace('"', '""'))
    counting = DataSource(kind=source.kind, database=source.database, query=query)
    with open_rows(counting, window, None) as rows:
        return int(next(rows.batches).column(0)[0].as_py())


def _told(source: DataSource, last: Dataset | None, whole: Window, window: Window) -> int:
    """Labels of later predictions, and those that were told since, however old their predictions are."""
    signature = Signature.objects.newest_of(source.registered_model)
    known = Feedback.objects.filter(
        prediction__model_version__signature=signature,
        pk__gte=first_id_at(whole.since),
        pk__lt=first_id_at(whole.until),
    )
    if last is None:
        return known.count()
    return known.filter(Q(pk__gte=first_id_at(window.since)) | Q(at__gt=last.created_at)).count()
