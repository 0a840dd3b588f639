"""Does the watch after a flip hold its error rate? Simulated days, whoever asks what.

`python -m benchmarks.gate.watch [days]` prints the tables of benchmarks/GATE.md. A day has 288 blocks of five
minutes and is looked at after each; before the flip there was a day like it, or an hour.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from benchmarks.gate.watch_days import (
    ALONE,
    BLOCKS,
    HOUR,
    LOSS_MARGIN,
    MANY,
    MIX_TOLERANCE,
    ONE,
    OPEN,
    SMALL,
    THREE,
    Chance,
    Found,
    errors,
    latency,
    loss,
    mix,
    values,
)
from scheduling.statistics.watching import upper_bound
from scheduling.watch.callers import ANONYMOUS

MINUTES = 5
NIGHT = range(24, 60)
Play = Callable[[Chance], Found] | None  # None: nothing that this rule would see
crowded = np.where(np.isin(np.arange(BLOCKS), range(100, 112)), 5.0, 1.0)  # an hour of ten times the traffic


class Day(NamedTuple):
    """One kind of day, as each rule sees it."""

    errors: Play = None
    latency: Play = None
    mix: Play = None
    values: Play = None
    labels: Play = None


def spoiled(callers: Mapping[str, int], voice: str, *, only: bool = True) -> Day:
    """All that this voice asks fails and differs, and it crowds the machine all day long."""
    return Day(
        lambda c: errors(c, callers, worse={voice: 0.9}, only=only),
        lambda c: latency(c, crowd=5.0),
        lambda c: mix(c, callers, unlike={voice: 1.0}),
        lambda c: values(c, callers, unlike={voice: 0.6}),
    )


DAYS_WITHOUT: dict[str, Day] = {
    "quiet": Day(
        lambda c: errors(c), lambda c: latency(c), lambda c: mix(c), lambda c: values(c), lambda c: loss(c)
    ),
    "slow blocks and outages 2 %, swing 60 %": Day(
        lambda c: errors(c, rate=0.01, bursts=0.02),
        lambda c: latency(c, bursts=0.02),
        lambda c: mix(c, swing=0.6),
        lambda c: values(c, shift=MIX_TOLERANCE),
        lambda c: loss(c, worse=LOSS_MARGIN),
    ),
    "10 %, an hour before, little traffic, 45 evaluation rows": Day(
        lambda c: errors(c, before=HOUR, rate=0.02, bursts=0.10, less=5),
        lambda c: latency(c, before=HOUR, bursts=0.10, factor=1.25),
        lambda c: mix(c, swing=0.3, moved=0.05, seen=45),
        lambda c: values(c, spread=0.3, seen=45, shift=-MIX_TOLERANCE / 2),
        lambda c: loss(c, worse=LOSS_MARGIN / 2),
    ),
    "a customer's nightly batch": Day(
        lambda c: errors(c, MANY | {THREE: 500}),
        lambda c: latency(c, size=11, crowd=50.0),
        lambda c: mix(c, unlike={THREE: 0.6}, at=NIGHT),
        lambda c: values(c, unlike={THREE: 0.4}, at=NIGHT),
    ),
    "a hostile caller without a token": spoiled(MANY, ANONYMOUS),
    "… where nobody has one": spoiled(OPEN, ANONYMOUS),
    "a hostile caller with a token": spoiled(MANY, ONE),
    "… with the only token": spoiled(ALONE, ONE, only=False),
    "an hour's burst": Day(lambda c: errors(c, bursts=0.04), lambda c: latency(c, crowd=crowded)),
    "retry storms": Day(lambda c: errors(c, bursts=0.02, storms=10)),
    "all clients send batches": Day(None, lambda c: latency(c, size=7, crowd=20.0)),
    "… or twice as large ones": Day(None, lambda c: latency(c, crowd=1.9)),
}
INSTALLATIONS = {"several": MANY, "one token": ALONE, "no token": OPEN, "no token, trusted": OPEN}
FAULTS: dict[str, Callable[..., Found]] = {
    "every request fails": lambda c, who, **k: errors(c, who, worse=dict.fromkeys(who, 0.999), **k),
    "10 % fail": lambda c, who, **k: errors(c, who, worse=dict.fromkeys(who, 0.1), **k),
    "5 % fail": lambda c, who, **k: errors(c, who, worse=dict.fromkeys(who, 0.05), **k),
    "10 % fail, an hour before only": lambda c, who, **k: errors(
        c, who, before=HOUR, worse=dict.fromkeys(who, 0.1), **k
    ),
    "20 % moved to one label, 100 evaluation rows": lambda c, who, **k: mix(
        c, who, swing=0.3, moved=0.4, **k
    ),
    "15 % moved, 500 evaluation rows": lambda c, who, **k: mix(c, who, swing=0.3, moved=0.3, seen=500, **k),
    "40 % moved, 45 evaluation rows": lambda c, who, **k: mix(c, who, swing=0.3, moved=0.8, seen=45, **k),
    "values .15 of the scale higher": lambda c, who, **k: values(c, who, shift=0.15, **k),
    "values .3 lower": lambda c, who, **k: values(c, who, shift=-0.3, **k),
    "values: one answer to all": lambda c, who, **k: values(c, who, flat=True, **k),
}
FAULTS_OF_ALL: dict[str, Callable[[Chance], Found]] = {
    "latency x 1.5": lambda c: latency(c, bursts=0.02, factor=1.5),
    "latency x 2": lambda c: latency(c, bursts=0.02, factor=2),
    "latency x 2, an hour before": lambda c: latency(c, before=HOUR, bursts=0.02, factor=2),
    "loss +.03 a row": lambda c: loss(c, worse=0.03),
    "loss +.1 a row": lambda c: loss(c, worse=0.1),
    "10 % fail for few: 14 requests in 5 minutes": lambda c: errors(
        c, SMALL, worse=dict.fromkeys(SMALL, 0.1)
    ),
    "every request fails, of those": lambda c: errors(c, SMALL, worse=dict.fromkeys(SMALL, 0.999)),
}


def main() -> None:
    """Print both tables; the first argument is the number of days."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"| {days} days, false rollbacks | {' | '.join(Day._fields)} | any | at most |")
    for name, day in DAYS_WITHOUT.items():
        print(f"| {name} | {' | '.join(false_ones(day, days))} |", flush=True)
    print(f"| what went wrong | {' | '.join(INSTALLATIONS)} |")
    for name, fault in FAULTS.items():
        told = [
            delay(
                [
                    fault(np.random.default_rng(12 + i), who, trusted="trusted" in label)
                    for i in range(days // 10)
                ]
            )
            for label, who in INSTALLATIONS.items()
        ]
        print(f"| {name} | {' | '.join(told)} |", flush=True)
    for name, play in FAULTS_OF_ALL.items():
        print(
            f"| {name} | {delay([play(np.random.default_rng(12 + i)) for i in range(days // 5)])} |",
            flush=True,
        )


def false_ones(day: Day, days: int) -> list[str]:
    """The share of days that each rule rolls back, that any does, and the upper bound of that (95 %)."""
    chance = np.random.default_rng(11)
    found = np.array([[play is not None and play(chance) is not None for play in day] for _ in range(days)])
    told = [f"{share:.3f}" if play else "–" for share, play in zip(found.mean(axis=0), day, strict=True)]
    bad = int(found.any(axis=1).sum())
    return [*told, f"{bad / days:.3f}", f"{upper_bound(bad, days, 0.05):.3f}"]


def delay(found: list[Found]) -> str:
    """How often it was found, and after how many minutes."""
    blocks = [block for block in found if block is not None]
    return f"{len(blocks) / len(found):.2f}, {np.median(blocks) * MINUTES:.0f}" if blocks else "told"


if __name__ == "__main__":
    main()
