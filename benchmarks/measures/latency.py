"""The 99th percentile of a single-row prediction beside the lean empty view's, at 1 and 32 connections."""

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
    """Ask both servers in turn; wrk tells the percentile of each turn."""
    with ours.web_server(stage, stage.forests.small) as address, server(stage, "lean") as lean:
        predict = ours.predict(address)
        once_each = {
            f"{target.name} c={connections}": partial(_p99, stage, target, connections)
            for connections in CONNECTIONS
            for target in (predict, lean)
        }
        for warm_up in once_each.values():
            warm_up()
        samples = interleaved(once_each, rounds=stage.effort.latency_rounds, tell=stage.tell)
    return [
        _result(connections, samples[f"ours c={connections}"], samples[f"{lean.name} c={connections}"])
        for connections in CONNECTIONS
    ]


def _p99(stage: Stage, target: Target, connections: int) -> float:
    seconds = stage.effort.latency_seconds
    return wrk.fire(target, connections=connections, seconds=seconds, core=stage.cores.load).p99


def _result(connections: int, ours_: list[float], lean: list[float]) -> Result:
    return Result(
        measure=f"p99 of `POST /predict`, c={connections}, against the lean empty view",
        unit="µs",
        ours=spread(ours_).median,
        rival=spread(lean).median,
        ratio=paired_ratio(ours_, lean),
        bound=BOUND,
    )
