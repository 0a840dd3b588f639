"""Samples in turn: A B C A B C, so that what drifts over minutes meets all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def interleaved(
    measurements: Mapping[str, Callable[[], T]], *, rounds: int, tell: Callable[[str], None]
) -> dict[str, list[T]]:
    """Take one sample of each, then again; return the samples by name, in the order of the rounds."""
    samples: dict[str, list[T]] = {name: [] for name in measurements}
    for round_number in range(1, rounds + 1):
        for name, measure in measurements.items():
            tell(f"round {round_number} of {rounds}: {name}")
            samples[name].append(measure())
    return samples
