"""Flips while 32 connections ask without a pause: requests lost, answers that lie, answers that are late."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice

from django.db import connections

from benchmarks.load.child import Load, load
from benchmarks.measures.flip_time import flip
from benchmarks.reporting.figures import paired_ratio, percentile, spread
from benchmarks.reporting.results import Bound, Result
from benchmarks.server import ours
from benchmarks.server.cores import pinned
from benchmarks.stage import Stage
from predictions.models import ModelVersion

CONNECTIONS = 32
WARM_UP_SECONDS = 1.0
LEAST_NICE = 19
NONE_AT_ALL = Bound("=", 0)


@dataclass
class Seen:
    """Spells of load in turn, one with flips and one as long without; seconds of each flip."""

    with_flips: list[Load] = field(default_factory=list)
    without: list[Load] = field(default_factory=list)
    flips: list[float] = field(default_factory=list)


def measure(stage: Stage) -> list[Result]:
    """Flip between two forests of one size that name another species for every row."""
    seen, spells = Seen(), stage.effort.spells
    flips = stage.effort.flips_under_load // spells // 2 * 2  # even: each spell ends where it began
    with ours.web_server(stage, stage.forests.small) as address:
        _spell(stage, address, WARM_UP_SECONDS)
        for number in range(1, spells + 1):
            stage.tell(f"{flips} flips under load, spell {number} of {spells}")
            lasted = _spell_with_flips(stage, address, flips, seen)
            stage.tell(f"as long without flips, spell {number} of {spells}")
            seen.without.append(_spell(stage, address, lasted))
    return _results(seen)


def _pair(stage: Stage) -> tuple[ModelVersion, ModelVersion]:
    return stage.forests.shifted, stage.forests.small


def _spell(stage: Stage, address: str, seconds: float) -> Load:
    with load(stage, address, _pair(stage), CONNECTIONS) as spell:
        time.sleep(seconds)
    return spell


def _spell_with_flips(stage: Stage, address: str, flips: int, seen: Seen) -> float:
    """Flip under load; return how many seconds that took."""
    with load(stage, address, _pair(stage), CONNECTIONS) as spell, ThreadPoolExecutor(1) as flipper:
        started = time.monotonic()
        seen.flips += flipper.submit(_flip, stage, flips, random.Random(len(seen.flips))).result()
        lasted = time.monotonic() - started
    seen.with_flips.append(spell)
    return lasted


def _flip(stage: Stage, flips: int, chance: random.Random) -> list[float]:
    """Flip to and fro in a thread that yields the load's core to the load: two cores have no third."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST_NICE)
    seconds = []
    with pinned(stage.cores.load):
        try:
            for version in islice(cycle(_pair(stage)), flips):
                time.sleep(chance.uniform(0, 0.3))
                seconds.append(flip(version, workers=1))
        finally:
            connections.close_all()
    return seconds


def _results(seen: Seen) -> list[Result]:
    spells = [*seen.with_flips, *seen.without]
    under = f"{len(seen.flips)} flips under load, c={CONNECTIONS}"
    with_flips, without = [s.p99 * 1e6 for s in seen.with_flips], [s.p99 * 1e6 for s in seen.without]
    return [
        _none_of(f"{under}: failed requests", [spell.failed for spell in spells]),
        _none_of(f"{under}: replies that their version did not compute", [spell.wrong for spell in spells]),
        Result(measure=f"{under}: replies checked", ours=sum(spell.answered for spell in spells)),
        Result(
            measure=f"{under}: p99 of a request against p99 without flips",
            unit="µs",
            ours=spread(with_flips).median,
            rival=spread(without).median,
            ratio=paired_ratio(with_flips, without),
            bound=Bound("≤", 1.5),
        ),
        Result(
            measure=f"{under}: from a flip until it is served, p99",
            unit="s",
            ours=percentile(seen.flips, 0.99),
            bound=Bound("≤", 1),
        ),
    ]


def _none_of(measure: str, reasons: list[dict[str, int]]) -> Result:
    """Say the most frequent reason where there is any: a count alone helps nobody."""
    counts: Counter[str] = Counter()
    for some in reasons:
        counts.update(some)
    total = counts.total()
    said = f"{measure} ({counts.most_common(1)[0][0]})" if total else measure
    return Result(measure=said, ours=total, bound=NONE_AT_ALL, must_hold=True)
