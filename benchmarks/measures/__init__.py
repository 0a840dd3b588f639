"""Every measure, in the order of measuring and of the table."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.measures import batch, flip_time, flips_under_load, instructions, latency, memory, throughput
from benchmarks.reporting.results import Result
from benchmarks.stage import Stage

MEASURES: dict[str, Callable[[Stage], list[Result]]] = {
    "throughput": throughput.measure,
    "latency": latency.measure,
    "batch": batch.measure,
    "memory": memory.measure,
    "instructions": instructions.measure,
    "flip_time": flip_time.measure,
    "flips_under_load": flips_under_load.measure,
}
