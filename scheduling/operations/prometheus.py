"""What `/metrics` shows: what the workers counted, what they serve, and what the database says.

Each source is a function that yields families, named in one of two lists below. Without a
database those that need it are left out, and `database_up` is 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from django.db import Error
from django.db.models import Count
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from predictions.counting import prometheus
from predictions.log import spool
from predictions.models import Worker
from predictions.serving import serving
from scheduling.engine.scheduler_state import scheduler_state
from scheduling.models import Run, Watch

WINDOW = timedelta(hours=1)  # bounds the query, however many runs there are


def live_versions() -> Iterator[Metric]:
    """What the answering worker serves, from its memory."""
    labels = ["model", "version"]
    family = GaugeMetricFamily("model_live_version", "1 for the version that is live.", labels=labels)
    for model in serving.current().models.values():
        if model.version:
            family.add_metric([model.name, model.version.label], 1)
    yield family


def prediction_log() -> Iterator[Metric]:
    """What the ingester has before it, on this host."""
    said = "Bytes of the prediction log that are not in the database yet."
    yield GaugeMetricFamily("prediction_log_waiting_bytes", said, value=spool.waiting())


def workers() -> Iterator[Metric]:
    """What all workers say they serve."""
    said, labels = "Workers that report that they serve this version.", ["model", "version"]
    family = GaugeMetricFamily("serving_workers", said, labels=labels)
    counts: Counter[tuple[str, str]] = Counter()
    for serves in Worker.objects.alive().values_list("serves", flat=True):
        counts.update(serves.items())
    for served, count in sorted(counts.items()):
        family.add_metric(served, count)
    yield family


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
    labels = ["task", "model", "status", "decision"]
    family = GaugeMetricFamily("runs_ended_last_hour", "Runs that ended within the last hour.", labels=labels)
    columns = ("task", "registered_model__name", "status", "decision")
    ended = Run.objects.ended_since(timezone.now() - WINDOW).order_by()
    for *values, count in ended.values_list(*columns).annotate(Count("pk")):
        family.add_metric(values, count)
    yield family


def watches() -> Iterator[Metric]:
    """Flips that nobody looked at in time. Watches are kept: it falls only where one is caught up."""
    said = "Promotions with a bake time that no scheduler looked at in time, or that had no request."
    family = GaugeMetricFamily("flips_unwatched", said, labels=["model"])
    for name, count in sorted(Watch.objects.unwatched_by_model(timezone.now()).items()):
        family.add_metric([name], count)
    yield family


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
    """All families for who may see everything; else without the series of models that are not public."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything

    def collect(self) -> Iterator[Metric]:
        public = {model.name for model in serving.current().models.values() if model.public}
        for family in families():
            if not self._everything:
                family.samples = [s for s in family.samples if s.labels.get("model") in public | {None}]
            yield family
