"""How long after a flip every worker serves the new version, as the workers themselves report."""

from __future__ import annotations

import random
import time
from datetime import datetime
from itertools import cycle, islice

from django.utils import timezone

from benchmarks.reporting.figures import percentile
from benchmarks.reporting.results import Bound, NotMeasured, Result
from benchmarks.server import forests, ours
from benchmarks.server.cores import pinned
from benchmarks.stage import Stage
from predictions.models import ModelVersion

WORKERS = 2
BOUND = Bound("≤", 1)
LIMIT_SECONDS = 10.0
LOOK_EVERY = 0.02


def measure(stage: Stage) -> list[Result]:
    """Flip to and fro; the followers' period is met at every phase."""
    flips, chance = stage.effort.flips_timed, random.Random(0)
    with ours.web_server(stage, stage.forests.small, workers=WORKERS), pinned(stage.cores.load):
        seconds: list[float] = []
        for version in islice(cycle((stage.forests.shifted, stage.forests.small)), flips):
            stage.tell(f"flip {len(seconds) + 1} of {flips}")
            time.sleep(chance.uniform(0, 0.3))
            seconds.append(flip(version, workers=WORKERS))
    measure = f"from a flip until {WORKERS} workers serve it, {flips} flips"
    return [
        Result(measure=f"{measure}: p99", unit="s", ours=percentile(seconds, 0.99), bound=BOUND),
        Result(measure=f"{measure}: median", unit="s", ours=percentile(seconds, 0.5)),
    ]


def flip(version: ModelVersion, *, workers: int) -> float:
    """Flip, and return the seconds until the last worker's `since`.

    The clock starts before the transaction, so the time that the commit takes counts against us.
    """
    started = timezone.now()
    forests.make_live(version)
    return (_served_by_all(version, workers) - started).total_seconds()


def _served_by_all(version: ModelVersion, workers: int) -> datetime:
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        serving = forests.serve_it(version, workers)
        if serving:
            return max(worker.since for worker in serving)
        time.sleep(LOOK_EVERY)
    raise NotMeasured(f"{workers} workers did not serve {version} within {LIMIT_SECONDS:g} s")
