"""What a web worker counts: requests, the time of predictions, versions that did not load."""

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from predictions.conf import config
from predictions.counting.counters import CounterFile, Histogram, Place, take_place
from predictions.paths import admin_path_info, below_mount
from predictions.registry.loading import LoadedVersion

log = logging.getLogger("predictions.counting.prometheus")
SHOWN_VERSIONS = 10  # of each model, those served last
KEPT_VERSIONS = 2 * SHOWN_VERSIONS  # in each worker, so that no worker drops what is shown
SECONDS = "Seconds from the start of a prediction request in a worker to its reply, by model and version."
TEXTS = {
    "http_requests": "Requests answered, by path and status.",
    "predictions_not_logged": "Predictions that were answered but could not be logged.",
    "model_load_failures": "Failed loads of a live version, by model.",
    "predictions_failed": "Valid requests that a version could not answer, by model.",
}
PATHS = ("/", "/predict", "/current_model", "/update_model", "/metrics", "/health/live", "/health/ready",
         "/docs", "/schema")  # fmt: skip
BELOW = ("/api/", "/v2/")


@lru_cache(maxsize=1024)
def kind_of(path: str) -> str:
    """Return the label of a path: one of a few, so that clients cannot create series; without prefix."""
    for label, start in (("/admin", admin_path_info("index")), ("/static", _static_path())):
        if start and f"{path}/".startswith(start):
            return label
    ours = below_mount(path)
    if ours is None:
        return "other"
    path = ours.rstrip("/") or "/"
    if path in PATHS:
        return path
    for start in BELOW:
        if f"{path}/".startswith(start):
            name = path.rsplit("/", 1)[-1]
            return f"{start}…/{name}" if name in ("predict", "infer") else start.rstrip("/")
    return "other"


def _static_path() -> str:
    """Return the path of static files without SCRIPT_NAME; empty where another host has them."""
    url = urlsplit(settings.STATIC_URL or "")
    return "" if url.netloc else url.path.removeprefix((settings.FORCE_SCRIPT_NAME or "").rstrip("/"))


class Counting:
    """The counters of this process."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._file = CounterFile(place.folder / f"counter_{place.number}.db")
        self._requests: dict[tuple[str, int], str] = {}  # keys of series
        self._latency: dict[int, Histogram] = {}
        self._live: dict[str, int] = {}
        self.count("predictions_not_logged", 0, {})  # it is shown before the first loss

    def count(self, metric: str, amount: float, labels: dict[str, str]) -> None:
        """Add to a counter that changes rarely."""
        self._file.add((self._file.open(metric, f"{metric}_total", labels, TEXTS[metric]), amount))

    def request(self, path: str, status: int) -> None:
        key = kind_of(path), status
        series = self._requests.get(key)
        if series is None:
            labels, text = {"path": key[0], "status": str(status)}, TEXTS["http_requests"]
            series = self._file.open("http_requests", "http_requests_total", labels, text)
            self._requests[key] = series
        self._file.add((series, 1.0))

    def latency(self, version_id: int, seconds: float) -> None:
        """Add one prediction; only versions that are or were live have a series."""
        if histogram := self._latency.get(version_id):
            histogram.observe(seconds)

    def open(self, version: LoadedVersion) -> None:
        """Open or continue the series of a version, and drop the model's oldest. Raises `OSError`."""
        # A request that still computes with a dropped version adds to a deleted file, which does no harm.
        if self._live.get(version.model) == version.version_id:
            return
        start = f"histogram_{self.place.number}.{version.model}"
        path = self.place.folder / f"{start}.{version.label}.db"
        if version.version_id not in self._latency:
            labels = {"model": version.model, "version": version.label}
            histogram = Histogram(CounterFile(path), "prediction_seconds", labels, SECONDS)
            self._latency[version.version_id] = histogram
        os.utime(path)
        for file in (past := sorted(path.parent.glob(f"{start}.*.db"), key=_served_at)[:-KEPT_VERSIONS]):
            file.unlink(missing_ok=True)
        self._latency = {i: one for i, one in self._latency.items() if one.path not in past}
        self._live[version.model] = version.version_id


_counting: Counting | None = None  # only web workers count: in other processes the functions do nothing
_in_front = False


def start() -> None:
    """Begin to count: in a web worker, before it answers. On a full disk only the counters are missing."""
    global _counting
    try:
        _counting = Counting(take_place(config.VAR_DIR / "metrics"))
    except OSError as error:
        log.error("This worker counts nothing for /metrics: %s", error)


def counted(application: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap Django: count each answer, and the time of those that a live version computed."""
    global _in_front
    _in_front = True

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        began = perf_counter()
        response = application(environ, start_response)
        if _counting is not None:
            _counting.request(environ["PATH_INFO"], getattr(response, "status_code", 200))
            if (version_id := getattr(response, "computed_by", None)) is not None:
                _counting.latency(version_id, perf_counter() - began)
        return response

    return answer


def counts_in_front() -> bool:
    """Whether something in front of Django counts, and no view has to."""
    return _in_front


def answered(path: str, response: Any, seconds: float) -> None:
    """Count the answer of a view; None for one that raised an error."""
    if _counting is not None:
        _counting.request(path, getattr(response, "status_code", 500))
        if (version_id := getattr(response, "computed_by", None)) is not None:
            _counting.latency(version_id, seconds)


def serve(live: Iterable[LoadedVersion]) -> None:
    """Prepare to count the versions that a swap is about to serve."""
    if _counting is not None:
        try:
            for version in live:
                _counting.open(version)
        except OSError as error:
            log.error("The latency of a version is not counted: %s", error)


def count(metric: str, amount: float = 1.0, **labels: str) -> None:
    """Add to one of the counters in `TEXTS`."""
    if _counting is not None:
        _counting.count(metric, amount, labels)


def families() -> Iterable[Metric]:
    """Return what all workers of this server have counted since its start."""
    if _counting is None:
        return []
    for _ in range(3):
        with suppress(FileNotFoundError):  # its worker dropped the file in this moment
            return MultiProcessCollector.merge(_files(_counting.place.folder))
    return []


def _files(folder: Path) -> list[str]:
    """All counters, and the histograms of each model's `SHOWN_VERSIONS` served last by any worker."""
    newest = sorted(folder.glob("histogram_*.db"), key=_served_at, reverse=True)
    shown: dict[str, dict[str, list[Path]]] = {}
    for path in newest:
        _, model, label = path.stem.split(".", 2)
        labels = shown.setdefault(model, {})
        if label in labels or len(labels) < SHOWN_VERSIONS:
            labels.setdefault(label, []).append(path)
    histograms = [path for labels in shown.values() for paths in labels.values() for path in paths]
    return [str(path) for path in (*folder.glob("counter_*.db"), *histograms)]


def _served_at(path: Path) -> float:
    """Return 0 for a file that was deleted in this moment."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
