"""How many requests were answered, how many failed and how long they took: from the workers' counts alone."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import CharField, Sum, TextField
from django.db.models.functions import Cast, Substr

from predictions.log.request_lines import STEPS
from predictions.models import RequestCount

HOURS = 24
HOUR = timedelta(hours=1)
KEY = "%Y-%m-%d %H"  # as both databases write the first 13 characters of a moment in UTC
MOST_PERCENT = 0.95
LATENCIES = msgspec.json.Decoder(dict[str, dict[int, int]])  # there are thousands of rows


@dataclass(kw_only=True)
class LastHour:
    """Requests of the last hour, and the start of the newest five minutes in which one was not refused."""

    answered: int = 0
    failed: int = 0
    refused: int = 0
    block: str = ""  # as the database writes it: there are thousands of rows

    def add(self, block: str, answered: int, failed: int, refused: int) -> None:
        self.answered += answered
        self.failed += failed
        self.refused += refused
        if answered + failed:
            self.block = max(block, self.block)

    @property
    def newest(self) -> datetime | None:
        return datetime.fromisoformat(self.block).replace(tzinfo=UTC) if self.block else None

    @property
    def requests(self) -> int:
        return self.answered + self.failed + self.refused


@dataclass(kw_only=True)
class Counts:
    """Requests of the last 24 hours, by hours, the oldest first."""

    answered: list[int] = field(default_factory=lambda: [0] * HOURS)
    failed: list[int] = field(default_factory=lambda: [0] * HOURS)
    last_hour: LastHour = field(default_factory=LastHour)

    def add(self, place: int, *, answered: int, failed: int) -> None:
        self.answered[place] += answered
        self.failed[place] += failed

    @property
    def requests(self) -> int:
        return sum(self.answered) + sum(self.failed)

    @property
    def failures(self) -> int:
        return sum(self.failed)


@dataclass(kw_only=True)
class Traffic(Counts):
    """Of one model, whatever was live; `p95_ms` is None without an answer."""

    refused: int = 0
    p95_ms: float | None = None  # of the version that is live, in the last hour
    of_live: Counts = field(default_factory=Counts)  # of the version that is live alone


def traffic_of(
    versions: Mapping[int, Collection[int]], *, live: Collection[int], now: datetime
) -> dict[int, Traffic]:
    """Return the traffic of each model from the ids of its versions that were live: two queries.

    `live` are the ids of those that are live now.
    """
    model_of = {version: model for model, ids in versions.items() for version in ids}
    found = {model: Traffic() for model in versions}
    places = {(now - HOUR * back).strftime(KEY): HOURS - 1 - back for back in range(HOURS)}
    for version, hour, answered, failed, refused in _by_hour(list(model_of), since=now - HOUR * HOURS):
        if (place := places.get(hour)) is not None:
            traffic = found[model_of[version]]
            for counts in (traffic, traffic.of_live) if version in live else (traffic,):
                counts.add(place, answered=answered, failed=failed)
            traffic.refused += refused
    _add_last_hour(found, model_of, live, since=now - HOUR)
    return found


def _add_last_hour(
    found: Mapping[int, Traffic], model_of: Mapping[int, int], live: Collection[int], *, since: datetime
) -> None:
    times: dict[int, Counter[int]] = {}
    columns = ("model_version", "text", "began", "answered", "failed", "refused")
    for version, text, *counts in _with_times(list(model_of), since).values_list(*columns):
        traffic = found[model_of[version]]
        traffic.last_hour.add(*counts)
        if version in live:
            traffic.of_live.last_hour.add(*counts)
            _add_steps(times.setdefault(version, Counter()), text)
    for version, steps in times.items():
        found[model_of[version]].p95_ms = p95_of(steps)


def p95_by_hour(versions: Collection[int], *, now: datetime) -> list[float | None]:
    """Return the 95th percentile in milliseconds of each of the last 24 hours: one query."""
    places = {(now - HOUR * back).strftime(KEY): HOURS - 1 - back for back in range(HOURS)}
    steps: dict[int, Counter[int]] = {}
    for hour, text in _with_times(versions, now - HOUR * HOURS).values_list("hour", "text"):
        if (place := places.get(hour)) is not None:
            _add_steps(steps.setdefault(place, Counter()), text)
    return [p95_of(steps[place]) if place in steps else None for place in range(HOURS)]


def p95_of(steps: Counter[int]) -> float | None:
    """Return the milliseconds that 95 of 100 requests stayed below; None without any."""
    most, seen = MOST_PERCENT * steps.total(), 0
    for step in sorted(steps):
        seen += steps[step]
        if seen >= most:
            return float(2 ** ((step + 1) / STEPS) / 1000)
    return None


def _add_steps(steps: Counter[int], text: str) -> None:
    """Add up the steps of the times of one row of counts."""
    for more in LATENCIES.decode(text).values():
        for step, requests in more.items():
            steps[step] = steps.get(step, 0) + requests


def _with_times(versions: Collection[int], since: datetime) -> Any:
    rows = _counts(versions, since).annotate(text=Cast("latencies", TextField()))
    return rows.annotate(began=Cast("block", CharField()))


def _counts(versions: Collection[int], since: datetime) -> Any:
    rows = RequestCount.objects.filter(model_version__in=versions, block__gte=since).order_by()
    return rows.annotate(hour=Substr(Cast("block", CharField()), 1, len("2026-01-01 00")))


def _by_hour(versions: Collection[int], *, since: datetime) -> Any:
    sums = {name: Sum(name) for name in ("answered", "failed", "refused")}
    counted = _counts(versions, since).values("model_version", "hour").annotate(**sums)
    return counted.values_list("model_version", "hour", *sums)


def live_lately(live: Mapping[int, Any], flips: Collection[Any]) -> dict[int, set[int]]:
    """Return the ids of the versions of each model that were live in these promotions, or are."""
    versions: dict[int, set[int]] = {model: {flip.version_id} for model, flip in live.items()}
    for flip in flips:
        both = {flip.version_id, flip.replaced_version_id} - {None}
        versions.setdefault(flip.registered_model_id, set()).update(both)
    return versions
