"""The checking load generator as a child process on the load core."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from benchmarks.reporting.results import NotMeasured
from benchmarks.server import forests
from benchmarks.server.cores import pinned
from benchmarks.server.process import ROOT
from benchmarks.stage import Stage
from predictions.models import ModelVersion

STOP_SECONDS = 30.0


@dataclass
class Load:
    """Filled when the load has ended; percentiles in seconds, counts by reason."""

    answered: int = 0
    p99: float = 0.0
    failed: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)


@contextmanager
def load(stage: Stage, address: str, versions: tuple[ModelVersion, ...], connections: int) -> Iterator[Load]:
    """Ask `/predict` during the block; these versions may answer. Raises `NotMeasured` if none does."""
    seen = Load()
    with pinned(stage.cores.load):
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load.closed_loop"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(_order(address, versions, connections)) + "\n")
        process.stdin.flush()
        yield seen
        told, _ = process.communicate("stop\n", timeout=STOP_SECONDS)
    finally:
        process.kill()
        process.wait()
    figures = json.loads(told)
    if not figures["answered"]:
        raise NotMeasured(f"no request was answered: {figures['failed']}")
    seen.answered, seen.p99 = figures["answered"], figures["p99"]
    seen.failed, seen.wrong = figures["failed"], figures["wrong"]


def _order(address: str, versions: tuple[ModelVersion, ...], connections: int) -> dict[str, Any]:
    where = urlsplit(address)
    return {
        "host": where.hostname,
        "port": where.port,
        "path": "/predict",
        "connections": connections,
        "rows": forests.bodies(),
        "output_name": versions[0].signature.output_name,
        "expected": {
            version.label: {"name": version.name, "outputs": forests.answers(version)} for version in versions
        },
    }
