"""What `/metrics` shows: what the workers counted, what they serve, and what the database says.

Each source is a function that yields families, named in one of two lists below. Without a
database those that need it are left out, and `database_up` is 0.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import Error
from django.db.models import Count
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from predictions.conf import config
from predictions.counting import prometheus
from predictions.log.segments import bytes_waiting
from predictions.models import RegisteredModel, Worker
from predictions.models.people.access import May
from predictions.serving import serving
from scheduling.engine.scheduler_state import scheduler_state
from scheduling.models import Run, Watch

WINDOW = timedelta(hours=1)  # bounds the query, however many runs there are
BY_VERSION = ["model", "version"]


def gauge(
    name: str, said: str, labels: Sequence[str], rows: Iterable[tuple[Sequence[str], float]]
) -> GaugeMetricFamily:
    """Return a family with a sample for each row: the values of the labels, and the number."""
    family = GaugeMetricFamily(name, said, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


def live_versions() -> Iterator[Metric]:
    """What the answering worker serves, from its memory."""
    models = serving.current().models.values()
    rows = [([model.name, model.version.label], 1) for model in models if model.version]
    yield gauge("model_live_version", "1 for the version that is live.", BY_VERSION, rows)


def prediction_log() -> Iterator[Metric]:
    """What the ingester has before it, on this host."""
    said = "Bytes of the prediction log that are not in the database yet."
    yield GaugeMetricFamily("prediction_log_waiting_bytes", said, value=bytes_waiting(config.SPOOL_DIR))


def workers() -> Iterator[Metric]:
    """What all workers say they serve."""
    counts: Counter[tuple[str, str]] = Counter()
    for serves in Worker.objects.alive().values_list("serves", flat=True):
        counts.update(serves.items())
    said = "Workers that report that they serve this version."
    yield gauge("serving_workers", said, BY_VERSION, sorted(counts.items()))


def scheduler() -> Iterator[Metric]:
    """Whether a scheduler is alive, and how long the queue is."""
    state = scheduler_state()
    yield GaugeMetricFamily("scheduler_up", "1 while a scheduler leads.", value=state.running)
    if state.last_seen:
        said, seen = "When a scheduler last renewed its lease.", state.last_seen.timestamp()
        yield GaugeMetricFamily("scheduler_last_seen_timestamp_seconds", said, value=seen)
    yield GaugeMetricFamily("runs_queued", "Runs that wait for a scheduler.", value=state.queued)
    waiting = Run.objects.awaiting().count()
    yield GaugeMetricFamily("runs_awaiting_approval", "Runs that wait for a person.", value=waiting)


def runs() -> Iterator[Metric]:
    """How the runs of the last hour ended. A gauge, not a counter: prune removes rows."""
    columns = ("task", "registered_model__name", "status", "decision")
    ended = Run.objects.ended_since(timezone.now() - WINDOW).order_by()
    rows = [(row[:-1], row[-1]) for row in ended.values_list(*columns).annotate(Count("pk"))]
    said, labels = "Runs that ended within the last hour.", ["task", "model", "status", "decision"]
    yield gauge("runs_ended_last_hour", said, labels, rows)


def watches() -> Iterator[Metric]:
    """Promotions that nobody looked at in time. Watches are kept: it falls only where one is caught up."""
    counts = Watch.objects.unwatched_by_model(timezone.now())
    said = "Promotions to be watched that no scheduler looked at in time, or that had no request."
    yield gauge("flips_unwatched", said, ["model"], [([name], n) for name, n in sorted(counts.items())])


Source = Callable[[], Iterable[Metric]]
FROM_MEMORY: tuple[Source, ...] = (prometheus.families, live_versions, prediction_log)
FROM_THE_DATABASE: tuple[Source, ...] = (workers, scheduler, runs, watches)


def families() -> Iterator[Metric]:
    """Everything that is known now, with `database_up` at the end."""
    for source in FROM_MEMORY:
        yield from source()
    up = not serving.current().database_away  # asking again would hold the scrape for seconds
    try:
        told = [family for source in FROM_THE_DATABASE for family in source()] if up else []
    except Error:
        told, up = [], False
    yield from told
    yield GaugeMetricFamily("database_up", "1 while the database answers.", value=up)


class Exposition:
    """All families, without the series of models that this reader may not read."""

    def __init__(self, *, reader: Any) -> None:
        self._reader = reader

    def collect(self) -> Iterator[Metric]:
        everything = self._reader.has_perm(May.READ)
        shown = {None} if everything else {None} | _readable(self._reader)
        for family in families():
            if not everything:
                family.samples = [s for s in family.samples if s.labels.get("model") in shown]
            yield family


def _readable(reader: Any) -> set[str]:
    """The names of public models, which need no database, and of those of the reader's roles."""
    public = {model.name for model in serving.current().models.values() if model.public}
    if not reader.is_active:
        return public
    return public | set(RegisteredModel.objects.where(reader, May.READ).values_list("name", flat=True))
