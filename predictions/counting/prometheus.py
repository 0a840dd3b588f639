"""What a web worker counts: requests, how long predictions took, versions that did not load.

Only web workers count: in commands, tests and a rehearsal's server these functions do nothing.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from predictions.counting.counters import Counter, CounterFile, Histogram, Place, take_place
from predictions.registry.loading import LoadedVersion

log = logging.getLogger("predictions.counting.prometheus")
SHOWN_VERSIONS = 10  # of each model, those served last: thousands come and go
KEPT_VERSIONS = 2 * SHOWN_VERSIONS  # in each worker: what is shown goes in all of them at once
REQUESTS = "Requests answered, by path and status."
SECONDS = "How long a prediction took inside a worker, by model and version."
NOT_LOGGED = "Predictions that were answered and could not be logged."
FAILURES = "Loads of a live version that failed, by model."
FAILED = "Valid requests that a version could not answer, by model."
PATHS = ("/", "/predict", "/current_model", "/update_model", "/metrics", "/health/live", "/health/ready",
         "/docs", "/schema")  # fmt: skip
BELOW = ("/api/", "/v2/", "/admin/", "/static/")


@lru_cache(maxsize=1024)
def kind_of(path: str) -> str:
    """The label of a path: few, whatever is asked for."""
    path = path.rstrip("/") or "/"
    if path in PATHS:
        return path
    for start in BELOW:
        if f"{path}/".startswith(start):
            name = path.rsplit("/", 1)[-1]
            return f"{start}…/{name}" if name in ("predict", "infer") else start.rstrip("/")
    return "other"


class Counting:
    """The counters of this process."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._file = CounterFile(place.folder / f"counter_{place.number}.db")
        self._requests: dict[tuple[str, int], Counter] = {}
        self._failures: dict[tuple[str, str], Counter] = {}
        self._lost = Counter(self._file, "predictions_not_logged", {}, NOT_LOGGED)
        self._latency: dict[int, Histogram] = {}
        self._live: dict[str, int] = {}

    def request(self, path: str, status: int) -> None:
        """Count one answer."""
        key = kind_of(path), status
        counter = self._requests.get(key)
        if counter is None:
            labels = {"path": key[0], "status": str(status)}
            counter = self._requests[key] = Counter(self._file, "http_requests", labels, REQUESTS)
        counter.add()

    def latency(self, version_id: int, seconds: float) -> None:
        """Add one prediction; only versions that are or were live have a series."""
        if histogram := self._latency.get(version_id):
            histogram.observe(seconds)

    def load_failure(self, model: str) -> None:
        """Count one load that failed."""
        self._of_model("model_load_failures", model, FAILURES)

    def failed_prediction(self, model: str) -> None:
        """Count one request that a version could not answer."""
        self._of_model("predictions_failed", model, FAILED)

    def _of_model(self, metric: str, model: str, text: str) -> None:
        counter = self._failures.get((metric, model))
        if counter is None:
            counter = self._failures[metric, model] = Counter(self._file, metric, {"model": model}, text)
        counter.add()

    def not_logged(self, rows: int) -> None:
        """Count predictions that the log has lost."""
        self._lost.add(rows)

    def serve(self, live: Iterable[LoadedVersion]) -> None:
        """Open the series of what is about to be served. Raises `OSError`."""
        for version in live:
            if self._live.get(version.model) != version.version_id:
                self._open(version.model, version)
                self._live[version.model] = version.version_id

    def _open(self, model: str, version: LoadedVersion) -> None:
        """Open or go on with the series of a version, and drop those of this model that are long past.

        A request that still computes with a dropped one adds to a file without a name: no harm.
        """
        start = f"histogram_{self.place.number}.{model}"
        path = self.place.folder / f"{start}.{version.label}.db"
        if version.version_id not in self._latency:
            labels = {"model": model, "version": version.label}
            self._latency[version.version_id] = Histogram(
                CounterFile(path), "prediction_seconds", labels, SECONDS
            )
        os.utime(path)
        past = sorted(self.place.folder.glob(f"{start}.*.db"), key=_served_at)[:-KEPT_VERSIONS]
        for file in past:
            file.unlink(missing_ok=True)
        self._latency = {i: one for i, one in self._latency.items() if one.path not in past}


_counting: Counting | None = None


def start() -> None:
    """Begin to count: in a web worker, before it answers. A disk that is full costs the counters only."""
    global _counting
    if settings.REHEARSAL_VERSION is not None:
        return
    try:
        _counting = Counting(take_place(Path(settings.VAR_DIR) / "metrics"))
    except OSError as error:
        log.error("nothing is counted: %s", error)


def counted(application: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap Django: count each answer, and the time of those that a live version computed."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        began = perf_counter()
        response = application(environ, start_response)
        if _counting is not None:
            _counting.request(environ["PATH_INFO"], getattr(response, "status_code", 200))
            version_id = getattr(response, "computed_by", None)
            if version_id is not None:
                _counting.latency(version_id, perf_counter() - began)
        return response

    return answer


def computed_by(version: LoadedVersion, response: HttpResponse) -> HttpResponse:
    """Say which version computed an answer: the one call that a view of predictions makes here."""
    response.computed_by = version.version_id  # type: ignore[attr-defined]
    return response


def serve(live: Iterable[LoadedVersion]) -> None:
    """Be ready to count what is about to be served."""
    if _counting is not None:
        try:
            _counting.serve(live)
        except OSError as error:
            log.error("the latency of a version is not counted: %s", error)


def count_load_failure(model: str) -> None:
    """Count one load of a live version that failed."""
    if _counting is not None:
        _counting.load_failure(model)


def count_failed_prediction(model: str) -> None:
    """Count one request that a version of this model could not answer."""
    if _counting is not None:
        _counting.failed_prediction(model)


def count_not_logged(rows: int) -> None:
    """Count predictions that were answered and are not in the log."""
    if _counting is not None:
        _counting.not_logged(rows)


def families() -> Iterable[Metric]:
    """What all workers of this server have counted since it was started."""
    if _counting is None:
        return []
    for _ in range(3):
        with suppress(FileNotFoundError):  # dropped by its worker just now
            return MultiProcessCollector.merge(_files(_counting.place.folder))
    return []


def _files(folder: Path) -> list[str]:
    """All counters, and the histograms of the versions that were served last by any worker."""
    versions: dict[str, dict[str, float]] = {}
    for path in folder.glob("histogram_*.db"):
        _, model, label = path.stem.split(".", 2)
        served = versions.setdefault(model, {})
        served[label] = max(served.get(label, 0.0), _served_at(path))
    shown = {
        (model, label)
        for model, served in versions.items()
        for label in sorted(served, key=served.__getitem__)[-SHOWN_VERSIONS:]
    }
    histograms = [p for p in folder.glob("histogram_*.db") if tuple(p.stem.split(".", 2)[1:]) in shown]
    return [str(path) for path in (*folder.glob("counter_*.db"), *histograms)]


def _served_at(path: Path) -> float:
    """Long ago, where it vanishes just now."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
