"""How much is measured: the whole, or a glance that only proves that everything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Rounds and seconds of each measure; `rivals`: whether other projects' servers take part."""

    rivals: bool
    rounds: int
    seconds: int
    latency_rounds: int
    latency_seconds: int
    batches: int
    flips_timed: int
    flips_under_load: int
    spells: int  # of load with flips, and as many without


FULL = Effort(
    rivals=True,
    rounds=5,
    seconds=3,
    latency_rounds=9,
    latency_seconds=3,
    batches=40,
    flips_timed=120,
    flips_under_load=200,
    spells=5,
)
SMOKE = Effort(
    rivals=False,
    rounds=1,
    seconds=1,
    latency_rounds=1,
    latency_seconds=1,
    batches=2,
    flips_timed=4,
    flips_under_load=6,
    spells=1,
)
