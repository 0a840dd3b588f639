"""A batch of 10,000 rows through the API, beside the same work without a server."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from itertools import cycle, islice
from typing import TypeVar
from urllib.parse import urlsplit

from benchmarks.reporting.figures import paired_ratio, spread
from benchmarks.reporting.results import Bound, NotMeasured, Result
from benchmarks.rounds import interleaved
from benchmarks.server import forests, ours
from benchmarks.server.cores import pinned
from benchmarks.server.in_process import batch_work
from benchmarks.stage import Stage

T = TypeVar("T")
ROWS = 10_000
PATH = f"/api/models/{forests.MODEL}/predict"
MEASURE = f"batch of {ROWS:,} rows through `{PATH}`, against ONNX Runtime and JSON in process"
BOUND = Bound("≤", 1.2)


class NotThereYet(Exception):
    """No such path: the endpoint is still to be built."""


def measure(stage: Stage) -> list[Result]:
    """Time each way on the server's core, in turn; the client reads on the other."""
    small = stage.forests.small
    with ours.web_server(stage, small) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        try:
            samples = _seconds_of_each(stage, connection)
        except NotThereYet:
            return [Result(measure=MEASURE, unit="µs/row", bound=BOUND, absent="not there yet (404)")]
    through, alone = ([seconds / ROWS * 1e6 for seconds in way] for way in samples)
    return [
        Result(
            measure=MEASURE,
            unit="µs/row",
            ours=spread(through).median,
            rival=spread(alone).median,
            ratio=paired_ratio(through, alone),
            bound=BOUND,
        )
    ]


def _seconds_of_each(stage: Stage, connection: http.client.HTTPConnection) -> tuple[list[float], list[float]]:
    """Through the API and in process, once the API has answered as scikit-learn does."""
    small, bodies = stage.forests.small, forests.bodies()
    body = json.dumps(_repeated(bodies)).encode()
    work = batch_work(forests.served_form(small), list(bodies[0]))
    if json.loads(post(connection, body))["predictions"] != _repeated(forests.answers(small)):
        raise NotMeasured(f"{PATH} does not answer as scikit-learn does")
    ways: dict[str, Callable[[], float]] = {
        "through the API": lambda: _seconds(stage.cores.load, lambda: post(connection, body)),
        "in process": lambda: _seconds(stage.cores.server, lambda: work(body)),
    }
    for warm_up in ways.values():
        warm_up()
    samples = interleaved(ways, rounds=stage.effort.batches, tell=stage.tell)
    return samples["through the API"], samples["in process"]


def _repeated(values: list[T]) -> list[T]:
    return list(islice(cycle(values), ROWS))


def post(connection: http.client.HTTPConnection, body: bytes) -> bytes:
    """Send the batch and read all of the answer. Raises `NotThereYet`, or `NotMeasured` for a refusal."""
    connection.request("POST", PATH, body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    content = reply.read()
    if reply.status == 404:
        raise NotThereYet
    if reply.status != 200:
        raise NotMeasured(f"{PATH} answers {reply.status}: {content[:200].decode(errors='replace')}")
    return content


def _seconds(core: int, work: Callable[[], object]) -> float:
    with pinned(core):
        started = time.perf_counter()
        work()
        return time.perf_counter() - started
