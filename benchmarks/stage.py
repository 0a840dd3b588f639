"""What every measure is given: the forests, the cores, the effort, and a place for files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.cores import Cores
from benchmarks.effort import Effort
from benchmarks.forests import Forests

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`tell` shows a line of progress to whoever waits."""

    folder: Path
    forests: Forests
    cores: Cores
    effort: Effort
    tell: Callable[[str], None]


def interleaved(
    measurements: Mapping[str, Callable[[], T]], *, rounds: int, tell: Callable[[str], None]
) -> dict[str, list[T]]:
    """Take one sample of each, then again: A B C A B C. What drifts over minutes meets all alike."""
    samples: dict[str, list[T]] = {name: [] for name in measurements}
    for round_number in range(1, rounds + 1):
        for name, measure in measurements.items():
            tell(f"round {round_number} of {rounds}: {name}")
            samples[name].append(measure())
    return samples
