"""What a web worker weighs after it has served: resident memory, and its proportional share."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

from benchmarks.load import wrk
from benchmarks.reporting.results import Bound, Result
from benchmarks.server import ours
from benchmarks.stage import Stage
from predictions.models import Worker

BOUND = Bound("≤", 140)
PAGES = ("/", "/docs", "/schema", "/api/models", "/admin/login/")


def measure(stage: Stage) -> list[Result]:
    """Run the project's own settings, predict, show the pages that import the most, then look."""
    small = stage.forests.small
    with ours.web_server(stage, small) as address:
        target = ours.predict(address)
        stage.tell("serving before the memory is looked at")
        wrk.fire(target, connections=32, seconds=stage.effort.seconds, core=stage.cores.load)
        for page in PAGES:
            with urllib.request.urlopen(f"{address}{page}", timeout=10) as reply:
                reply.read()
        weight = megabytes(Path(f"/proc/{Worker.objects.get().pid}/smaps_rollup").read_text())
    return [
        Result(measure="resident memory of a web worker", unit="MB", ours=weight["Rss"], bound=BOUND),
        Result(measure="the same, shared pages by their share (PSS)", unit="MB", ours=weight["Pss"]),
    ]


def megabytes(rollup: str) -> dict[str, float]:
    """Return `Rss` and `Pss` in units of 2**20 bytes from the text of `smaps_rollup`."""
    return {name: int(kb) / 1024 for name, kb in re.findall(r"^(Rss|Pss):\s+(\d+) kB$", rollup, re.MULTILINE)}
