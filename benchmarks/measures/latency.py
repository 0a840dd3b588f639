"""The 99th percentile of a single-row prediction beside those of empty servers, at 1 and 32 connections."""

from __future__ import annotations

from functools import partial

from benchmarks.empty.server import server
from benchmarks.load import wrk
from benchmarks.reporting.figures import paired_ratio, spread
from benchmarks.reporting.results import Bound, Result
from benchmarks.rounds import interleaved
from benchmarks.server import ours
from benchmarks.server.target import Target
from benchmarks.stage import Stage

CONNECTIONS = (1, 32)
BOUND = Bound("≤", 1.5)


def measure(stage: Stage) -> list[Result]:
    """Ask the servers in turn; wrk tells the percentile of each turn."""
    small = stage.forests.small
    with (
        ours.web_server(stage, small) as address,
        server(stage, "lean") as lean,
        server(stage, "bare") as bare,
    ):
        predict = ours.predict(address)
        once_each = {
            f"{target.name} c={connections}": partial(_p99, stage, target, connections)
            for connections in CONNECTIONS
            for target in (predict, lean, bare)
        }
        for warm_up in once_each.values():
            warm_up()
        samples = interleaved(once_each, rounds=stage.effort.latency_rounds, tell=stage.tell)
    return [
        _result(connections, beside, samples)
        for connections in CONNECTIONS
        for beside in (lean.name, bare.name)
    ]


def _p99(stage: Stage, target: Target, connections: int) -> float:
    seconds = stage.effort.latency_seconds
    return wrk.fire(target, connections=connections, seconds=seconds, core=stage.cores.load).p99


def _result(connections: int, beside: str, samples: dict[str, list[float]]) -> Result:
    ours_, theirs = samples[f"ours c={connections}"], samples[f"{beside} c={connections}"]
    return Result(
        measure=f"p99 of `POST /predict`, c={connections}, against {beside}",
        unit="µs",
        ours=spread(ours_).median,
        rival=spread(theirs).median,
        ratio=paired_ratio(ours_, theirs),
        bound=BOUND,
    )
