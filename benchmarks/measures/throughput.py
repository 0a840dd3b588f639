"""Single-row predictions a second at 32 connections, beside empty views and beside other servers."""

from __future__ import annotations

import math
from contextlib import ExitStack
from functools import partial

from benchmarks.empty.server import server
from benchmarks.load import wrk
from benchmarks.reporting.figures import paired_ratio, spread
from benchmarks.reporting.results import Bound, NotMeasured, Result
from benchmarks.rivals import BENTOML, BOLT, FASTAPI_JOBLIB, FASTAPI_ONNX, MLSERVER, Rival
from benchmarks.rounds import interleaved
from benchmarks.server import forests, ours
from benchmarks.server.process import free_port
from benchmarks.server.target import Target
from benchmarks.stage import Stage
from predictions.models import ModelVersion

CONNECTIONS = 32
WARM_UP_SECONDS = 1
OF_VIEWS = {"stock": Bound("≥", 1.2), "lean": Bound("≥", 0.75), "bare": Bound("≥", 0.4)}
OF_RIVALS: dict[int, dict[Rival, Bound | None]] = {
    12: {
        FASTAPI_JOBLIB: Bound("≥", 4),
        MLSERVER: Bound("≥", 4),
        BENTOML: Bound("≥", 4),
        FASTAPI_ONNX: Bound("≥", 1.5),
        BOLT: Bound("≥", 0.8),
    },
    96: {FASTAPI_JOBLIB: Bound("≥", 15), FASTAPI_ONNX: Bound("≥", 1.5), BOLT: None},
}


def measure(stage: Stage) -> list[Result]:
    """Measure at 12 and at 96 trees; the empty views once, as they have no model."""
    small = Contest(stage, stage.forests.small)
    if not stage.effort.rivals:
        return small.held_against(OF_VIEWS, {})
    large = Contest(stage, stage.forests.large)
    return [*small.held_against(OF_VIEWS, OF_RIVALS[12]), *large.held_against({}, OF_RIVALS[96])]


class Contest:
    """All servers of one forest, started at once and asked in turn: an idle one takes no time."""

    def __init__(self, stage: Stage, version: ModelVersion) -> None:
        self._stage, self._version = stage, version
        self._right = forests.answers(version)[0]
        self._absent: dict[str, str] = {}  # why, by name

    def held_against(self, views: dict[str, Bound], rivals: dict[Rival, Bound | None]) -> list[Result]:
        """Return a line for each. A rival that fails is told of; our own failure ends the measure."""
        with ours.web_server(self._stage, self._version) as address, ExitStack() as servers:
            predict = ours.predict(address)
            predict.must_answer(self._right)
            beside: dict[Target, Bound | None] = {}
            beside |= {servers.enter_context(server(self._stage, k)): bound for k, bound in views.items()}
            beside |= {self._start(rival, servers): bound for rival, bound in rivals.items()}
            samples = self._samples(predict, list(beside))
        return [self._result(target.name, samples, bound) for target, bound in beside.items()]

    def _start(self, rival: Rival, servers: ExitStack) -> Target:
        self._stage.tell(f"starting {rival.name}")
        port = free_port()
        target = rival.target(port)
        try:
            servers.enter_context(rival.server(self._stage, self._version, port))
            target.must_answer(self._right)
        except NotMeasured as reason:
            self._absent[rival.name] = str(reason)
        return target

    def _samples(self, predict: Target, beside: list[Target]) -> dict[str, list[float]]:
        ways = {predict.name: partial(self._fire, predict)} | {
            target.name: partial(self._fire_at_rival, target) for target in beside
        }
        for warm_up in ways.values():
            warm_up(WARM_UP_SECONDS)
        seconds = self._stage.effort.seconds
        once_each = {name: partial(way, seconds) for name, way in ways.items()}
        return interleaved(once_each, rounds=self._stage.effort.rounds, tell=self._stage.tell)

    def _fire(self, target: Target, seconds: int) -> float:
        core = self._stage.cores.load
        return wrk.fire(target, connections=CONNECTIONS, seconds=seconds, core=core).per_second

    def _fire_at_rival(self, target: Target, seconds: int) -> float:
        """Requests a second; not a number once it has failed."""
        if target.name not in self._absent:
            try:
                return self._fire(target, seconds)
            except NotMeasured as reason:
                self._absent[target.name] = str(reason)
        return math.nan

    def _result(self, name: str, samples: dict[str, list[float]], bound: Bound | None) -> Result:
        trees = self._version.params["n_estimators"]
        measure, unit = f"`POST /predict`, c={CONNECTIONS}, {trees} trees, against {name}", "requests/s"
        if name in self._absent:
            return Result(measure=measure, unit=unit, bound=bound, absent=self._absent[name])
        return Result(
            measure=measure,
            unit=unit,
            ours=spread(samples["ours"]).median,
            rival=spread(samples[name]).median,
            ratio=paired_ratio(samples["ours"], samples[name]),
            bound=bound,
        )
